package office

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/registry"
)

// NewUnitsCommand returns the commands about units: the import of schools.
func NewUnitsCommand() *cobra.Command {
	return shell.NewGroup("units", "Đơn vị và trường học / units and schools", newUnitsImportCommand())
}

const unitsImportHelp = `Đọc danh sách trường từ tệp CSV hoặc XLSX và tạo điểm khảo sát cho từng trường. Dòng đầu là tiêu đề,
có bốn cột (thứ tự tùy ý):
  tên trường   ví dụ: Trường Mầm non …
  cấp học      mầm non, tiểu học, THCS, GDTX; nhiều cấp thì viết "Tiểu học, THCS"
  xã           tên hoặc mã số của xã; trường phục vụ cả địa bàn thì ghi "Địa bàn Mường Tè"
  mã           mã của trường, giữ nguyên qua các lần nhập

Mỗi trường có một điểm cho từng phiếu của cấp học đó. Khi một xã đã có trường của một cấp học, điểm
chung của xã cho cấp học ấy ngừng sử dụng: cha mẹ học sinh trả lời cho trường của con mình, không trả lời
chung cho cả xã. Xin in mã mới cho trường và gỡ mã cũ của xã. Nếu danh sách chưa đủ các trường, dùng
--keep-commune-points để giữ lại điểm chung.

Sai một dòng thì không dòng nào được lưu. Nhập lại cùng danh sách không tạo thêm gì; nhập danh sách đã
sửa thì trường cùng mã được sửa theo. Dùng --dry-run để xem trước.

Reads a list of schools from CSV or XLSX and makes survey points for each. The first row names four
columns in any order: name, level, unit, code. A school gets a point for every form of its level. Once
a commune has a school of a level, the commune's own point for that level goes out of use: print the
school's code and take the commune's down. If the list is not complete yet, --keep-commune-points keeps
them. One bad row and nothing is written; the same list again changes nothing; in a corrected list the
school with the same code is corrected.`

type unitsImportOptions struct {
	store       *shell.StoreOption
	dryRun      bool
	keepCommune bool
	shell.Language
}

func newUnitsImportCommand() *cobra.Command {
	var o unitsImportOptions
	cmd := &cobra.Command{
		Use:     "import FILE",
		Short:   "Nhập danh sách trường / imports a list of schools",
		Long:    unitsImportHelp,
		Example: "  hailong units import danh-sach-truong.xlsx --dry-run",
		Args:    shell.Exactly(1),
	}
	o.store = shell.AddStoreFlag(cmd)
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "chỉ xem trước, không ghi / show what would change, write nothing")
	cmd.Flags().BoolVar(&o.keepCommune, "keep-commune-points", false, "giữ lại điểm khảo sát chung của xã / leave the communes' own points in use")
	cmd.Flags().StringVar(&o.Lang, "lang", "vi", "ngôn ngữ của thông báo: vi hoặc en / language of messages: vi or en")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if o.Lang != "vi" && o.Lang != "en" {
			return shell.Misused(errors.New("--lang phải là vi hoặc en / must be vi or en"))
		}
		rows, err := o.readSchools(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		store, err := o.store.Open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		c, err := startedCatalog(cmd, store)
		if err != nil {
			return err
		}
		return o.importSchools(cmd.Context(), store, c, rows, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// readSchools reads the rows of a file by its header.
func (o *unitsImportOptions) readSchools(ctx context.Context, path string) ([]registry.SchoolRow, error) {
	content, err := os.ReadFile(path) // the user names the file
	if err != nil {
		return nil, shell.Unreadable(path, err)
	}
	rows, err := registry.ReadSchools(ctx, path, content)
	var bad *survey.Error
	switch {
	case !errors.As(err, &bad):
		return rows, err
	case bad.Err != nil: // it cannot be read at all
		return nil, bad.Err
	}
	return nil, fmt.Errorf("%s: %s", path, o.problem(survey.Message{Key: bad.Key, Args: bad.Args}))
}

func (o *unitsImportOptions) columnName(name string) string {
	if o.Lang == "en" {
		return name
	}
	return map[string]string{"name": "tên trường", "level": "cấp học", "unit": "xã", "code": "mã"}[name]
}

// importSchools plans and, unless it is a dry run, carries the plan out.
func (o *unitsImportOptions) importSchools(ctx context.Context, store survey.Store, c *survey.Catalog, rows []registry.SchoolRow, out, messages io.Writer) error {
	list := registry.SchoolList{Catalog: c, On: survey.DateOf(time.Now()), Random: rand.Reader, KeepCommunePoints: o.keepCommune}
	plan, problems, err := list.Plan(rows)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintf(messages, o.Say("dòng %d, cột %s: %s\n", "row %d, column %s: %s\n"), p.Row, o.columnName(p.Column), o.problem(p.Message))
		}
		return fmt.Errorf(o.Say("tệp có %d lỗi, chưa lưu gì; xin sửa tệp rồi nhập lại", "errors: %d; nothing was saved; correct the file and import it again"), len(problems))
	}
	if !o.dryRun {
		changes, _ := shell.ChangesOf(store)
		if err := plan.Apply(ctx, changes, shell.Actor()); err != nil {
			if survey.Is(err, survey.Conflict) {
				return fmt.Errorf("%s: %w", o.Say("dữ liệu vừa được người khác sửa, xin chạy lại lệnh này", "somebody else has just changed the data, run the command again"), err)
			}
			return err
		}
	}
	return o.report(c, plan, out)
}

// report lists what was, or would be, done.
func (o *unitsImportOptions) report(c *survey.Catalog, plan registry.SchoolPlan, out io.Writer) error {
	var b strings.Builder
	names := map[survey.UnitID]string{}
	list := func(vi, en string, schools []survey.Unit) {
		for _, u := range schools {
			names[u.ID] = u.Name.In(survey.Vietnamese)
			fmt.Fprintf(&b, "%s  %s  %s  %s\n", o.Say(vi, en), u.Code, names[u.ID], c.Unit(u.Parent).Name.In(survey.Lang(o.Lang)))
		}
	}
	list("mới", "new", plan.New)
	list("sửa", "changed", plan.Changed)
	list("giữ nguyên", "unchanged", plan.Same)
	form := func(p survey.Point) string { return c.Latest(p.Form).Title.In(survey.Lang(o.Lang)) }
	for _, p := range plan.Points {
		code := string(p.Code)
		if o.dryRun { // it will be drawn anew
			code = "·······"
		}
		fmt.Fprintf(&b, "%s  %s  %s  %s\n", o.Say("điểm mới", "new point"), code, names[p.Unit], form(p))
	}
	for _, p := range plan.Off {
		fmt.Fprintf(&b, "%s  %s  %s  %s\n", o.Say("ngừng dùng", "out of use"), p.Code, c.Unit(p.Unit).Name.In(survey.Lang(o.Lang)), form(p))
	}
	fmt.Fprintf(&b, o.Say("Trường: %d mới, %d sửa, %d giữ nguyên. Điểm: %d mới, %d ngừng dùng.\n", "Schools: %d new, %d changed, %d unchanged. Points: %d new, %d out of use.\n"),
		len(plan.New), len(plan.Changed), len(plan.Same), len(plan.Points), len(plan.Off))
	if o.dryRun {
		b.WriteString(o.Say("Đây là xem trước, chưa lưu gì.\n", "This is a preview; nothing was saved.\n"))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// problem says in words what is wrong in a cell.
func (o *unitsImportOptions) problem(m survey.Message) string {
	words := map[string][2]string{
		"list.file_empty":       {"tệp trống", "the file is empty"},
		"list.file_no_rows":     {"không có trường nào dưới dòng tiêu đề", "no school below the header"},
		"list.file_long":        {"danh sách có quá %d dòng", "the list has more than %d rows"},
		"list.file_columns":     {"dòng tiêu đề thiếu cột: %s", "the header lacks columns: %s"},
		"school.no_name":        {"thiếu tên trường", "the name is missing"},
		"school.no_level":       {"thiếu cấp học", "the level is missing"},
		"school.unknown_level":  {"không có cấp học %q; xin ghi mầm non, tiểu học, THCS hoặc GDTX", "%q is no level surveyed here; write preschool, primary, lower secondary or continuing"},
		"school.no_unit":        {"thiếu xã", "the commune is missing"},
		"school.unit_unknown":   {"không tìm thấy xã %q", "there is no commune %q"},
		"school.unit_ended":     {"%q không còn là đơn vị hành chính; xin ghi xã hiện nay", "%q no longer exists; write the commune of today"},
		"school.unit_ambiguous": {"%q có thể là nhiều xã; xin ghi mã số của xã", "%q may be several communes; write the commune’s code"},
		"school.no_code":        {"thiếu mã trường", "the code is missing"},
		"school.bad_code":       {"mã %q phải có chữ cái hoặc chữ số", "code %q needs letters or digits"},
		"school.code_twice":     {"mã %q đã có ở dòng %d", "code %q is in row %d too"},
	}
	w, ok := words[m.Key]
	if !ok {
		return m.String()
	}
	s := o.Say(w[0], w[1])
	if !strings.Contains(s, "%") {
		return s
	}
	args := slices.Clone(m.Args)
	for i, a := range args {
		if text, ok := a.(survey.Text); ok {
			args[i] = text.In(survey.Lang(o.Lang))
		}
	}
	return fmt.Sprintf(s, args...)
}
