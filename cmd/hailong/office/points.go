package office

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/catalog"
)

// NewPointsCommand returns the commands about points: their codes and addresses.
func NewPointsCommand() *cobra.Command {
	return shell.NewGroup("points", "Điểm khảo sát và mã của điểm / survey points and their codes", newPointsListCommand())
}

func newPointsListCommand() *cobra.Command {
	var asJSON bool
	var publicURL string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Liệt kê các điểm đang dùng / lists the points in use",
		Args:  shell.Exactly(0),
	}
	store := shell.AddStoreFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "dạng JSON: code, unit, unit_name, kind, channel, url của từng điểm / as JSON: code, unit, unit_name, kind, channel, url of each point")
	cmd.Flags().StringVar(&publicURL, "public-url", "http://localhost:8080", "địa chỉ mà mã QR của các điểm dẫn đến / address that the points' codes lead to")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		s, err := store.Open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		c, err := startedCatalog(cmd, s)
		if err != nil {
			return err
		}
		list := c.PointListings(strings.TrimRight(publicURL, "/"), survey.DateOf(time.Now()), survey.Vietnamese)
		if asJSON {
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetEscapeHTML(false)
			return encoder.Encode(list)
		}
		return writePoints(cmd.OutOrStdout(), c, list)
	}
	return cmd
}

// startedCatalog returns the catalogue of a store, and first completes its
// first start if no server has: a database may be there before any server is.
func startedCatalog(cmd *cobra.Command, store survey.Store) (*survey.Catalog, error) {
	shipped, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	changes, _ := shell.ChangesOf(store)
	if _, _, err := changes.Recover(cmd.Context()); err != nil {
		return nil, err
	}
	seed := catalog.Seed{Catalog: shipped, Today: survey.DateOf(time.Now()), Random: rand.Reader, Changes: changes}
	if _, err := seed.Apply(cmd.Context(), store); err != nil {
		return nil, err
	}
	return survey.LoadCatalog(cmd.Context(), store)
}

func writePoints(out io.Writer, c *survey.Catalog, list []survey.PointListing) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MÃ\tĐƠN VỊ\tPHIẾU\tKÊNH\tĐỊA CHỈ")
	for _, p := range list {
		point := c.Point(p.Code)
		form := c.Latest(point.Form).Title.In(survey.Vietnamese)
		if s := c.Sector(point.Sector); s != nil {
			form += " – " + s.Name.In(survey.Vietnamese)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Code, p.UnitName, form, p.Channel, p.URL)
	}
	return w.Flush()
}
