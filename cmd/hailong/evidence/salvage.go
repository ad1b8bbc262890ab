package evidence

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/salvage"
)

// salvageCommand is a check that puts what can be read into a new store.
type salvageCommand struct {
	from   *shell.StoreOption
	to     *shell.StoreOption
	asJSON bool
}

func newSalvage(cmd *cobra.Command, from *shell.StoreOption, out string, asJSON bool) *salvageCommand {
	to := shell.NewStoreOption(cmd, "salvage")
	if to.URL = out; !strings.Contains(out, ":") {
		to.URL = "bolt:" + out
	}
	return &salvageCommand{from, to, asJSON}
}

func (s *salvageCommand) run(ctx context.Context, out, messages io.Writer) (err error) {
	if shell.SameStore(s.from, s.to) {
		return shell.Misused(errors.New("--salvage: kho đích phải khác kho hỏng / the target must be another one than the damaged store"))
	}
	if _, err := s.to.BoltPath(); err != nil {
		return err
	}
	read := shell.NewProgress("đã đọc / bytes read", -1)
	source, err := s.from.Damaged(ctx, func(bytes int) error {
		read.Add(bytes)
		return ctx.Err()
	})
	read.Finish()
	if errors.Is(err, bolt.ErrInUse) {
		return shell.WithWords(fmt.Sprintf("máy chủ đang dùng %[1]s; xin dừng máy chủ trước khi cứu dữ liệu / a server is using %[1]s; stop it before the salvage", s.from.URL), err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	apart := &apartFile{path: s.apartPath()}
	written := shell.NewProgress("tài liệu / documents", -1)
	var report salvage.Salvaged
	err = s.to.Fill(ctx, func(to shell.FilledStore) (err error) {
		report, err = salvage.Run(ctx, source, to, salvage.RunOptions{
			Actor: shell.Actor(), Now: time.Now, SetApart: apart.add,
			Progress: func(_ survey.Collection, documents int) { written.Add(documents) },
		})
		return errors.Join(err, apart.close())
	})
	written.Finish()
	if errors.Is(err, salvage.ErrInUse) {
		return shell.Misused(fmt.Errorf("--salvage: %w", err))
	}
	if err != nil {
		return fmt.Errorf("salvage: %w", err)
	}
	if s.asJSON {
		if err := json.NewEncoder(out).Encode(report); err != nil {
			return err
		}
	}
	return printSalvage(messages, &report, apart, s.to)
}

// apartPath is the file for what nobody vouches for: beside the new store.
func (s *salvageCommand) apartPath() string {
	if path, err := s.to.BoltPath(); err == nil && path != "" {
		return path + ".apart"
	}
	return "hailong-salvage.apart"
}

// apartFile takes documents that may have been deleted, one BSON document after the other,
// each with the name of its collection. Nobody but its owner reads it.
type apartFile struct {
	path string
	file *os.File
	to   *bufio.Writer
}

func (a *apartFile) add(c survey.Collection, doc bson.Raw) (err error) {
	if a.file == nil {
		if a.file, err = os.OpenFile(a.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
			return err
		}
		a.to = bufio.NewWriter(a.file)
	}
	entry, err := bson.Marshal(bson.D{{Key: "collection", Value: string(c)}, {Key: "document", Value: doc}})
	if err == nil {
		_, err = a.to.Write(entry)
	}
	return err
}

func (a *apartFile) close() error {
	if a.file == nil {
		return nil
	}
	return errors.Join(a.to.Flush(), a.file.Sync(), a.file.Close())
}

// printSalvage writes a report for people.
func printSalvage(out io.Writer, r *salvage.Salvaged, apart *apartFile, to *shell.StoreOption) error {
	var b strings.Builder
	b.WriteString("Đã cứu / salvaged:\n")
	for _, c := range r.Collections {
		if c.Salvaged == 0 && c.Missing != nil && *c.Missing == 0 && c.SetApart == 0 {
			continue // there never was anything
		}
		fmt.Fprintf(&b, "  %-15s %9d", c.Collection, c.Salvaged)
		switch {
		case c.Missing == nil:
			b.WriteString("  không rõ đã lưu bao nhiêu / how many were stored is not known")
		case *c.Missing > 0:
			fmt.Fprintf(&b, "  mất / missing: %d", *c.Missing)
		}
		if c.SetApart > 0 {
			fmt.Fprintf(&b, "  để riêng / set apart: %d", c.SetApart)
		}
		b.WriteByte('\n')
	}
	printLosses(&b, r)
	if apart.file != nil {
		fmt.Fprintf(&b, "Để riêng trong %[1]s: những gì không ai xác nhận là còn dùng, có thể đã bị xóa; tệp chứa dữ liệu cá nhân, xin xóa khi xem xong.\n"+
			"Set apart in %[1]s: what nobody vouches for and may have been deleted; the file holds personal data, delete it when you have looked.\n", apart.path)
	}
	fmt.Fprintf(&b, "Việc tiếp theo: chép thư mục khóa (hailong.keys) sang cạnh kho mới hoặc dùng --keys; chạy “hailong check --store %[1]s”; rồi chạy máy chủ với --store %[1]s. Giữ tệp hỏng. Mất nhiều thì so với bản sao lưu gần nhất.\n"+
		"Next: copy the directory of keys (hailong.keys) beside the new store, or use --keys; run \"hailong check --store %[1]s\"; then serve with --store %[1]s. Keep the damaged file. If much is missing, compare with the last backup.\n", to.Shown())
	_, err := io.WriteString(out, b.String())
	return err
}

// printLosses writes what is missing, by day and point where the ledger says so.
func printLosses(b *strings.Builder, r *salvage.Salvaged) {
	for _, m := range r.Responses {
		fmt.Fprintf(b, "Phiếu nhận ngày %[1]s bị mất: %[2]d / responses received on %[3]s that are missing: %[2]d", m.Day.Time().Format("02/01/2006"), len(m.Responses), m.Day)
		for i, point := range slices.Sorted(maps.Keys(m.Points)) {
			if i == 0 {
				b.WriteString(" (điểm / point")
			}
			fmt.Fprintf(b, " %s: %d", point, m.Points[point])
			if i == len(m.Points)-1 {
				b.WriteByte(')')
			}
		}
		b.WriteByte('\n')
	}
	if r.Unfinished > 0 {
		fmt.Fprintf(b, "Phiếu mất hoặc chưa từng được xác nhận với người gửi: %[1]d / responses lost, or never acknowledged to their senders: %[1]d\n", r.Unfinished)
	}
	if r.Entered > 0 {
		fmt.Fprintf(b, "Phiếu ghi lại vào sổ, vì phần sổ ấy đã mất: %[1]d / responses entered into the ledger anew, because that part of it is lost: %[1]d\n", r.Entered)
	}
	for _, gap := range r.Audit {
		fmt.Fprintf(b, "Nhật ký mất dòng %[1]d–%[2]d / audit log entries missing: %[1]d–%[2]d\n", gap.First, gap.Last)
	}
	if n := len(r.Documents); n > 0 {
		fmt.Fprintf(b, "Tài liệu mất mà nhật ký còn ghi: %[1]d, như %[2]s / documents missing that the audit log names: %[1]d, such as %[2]s\n", n, strings.Join(r.Documents[:min(n, 5)], ", "))
	}
	const shown = 20
	for _, d := range r.Damage[:min(len(r.Damage), shown)] {
		fmt.Fprintf(b, "  %s\n", placeOf(d))
	}
	if more := len(r.Damage) - shown + r.More; more > 0 {
		fmt.Fprintf(b, "  … và %[1]d chỗ hỏng nữa (--json) / and %[1]d more places (--json)\n", more)
	}
}
