package statistics

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hailong/analysis/sample"
	"hailong/cmd/hailong/shell"
)

// sampleOptions are the flags of the sample command.
type sampleOptions struct {
	size                            int
	margin                          float64
	formula                         string
	confidence, proportion          float64
	designEffect, response, reserve float64
	method, allocation              string
	strata                          []string
	sizeColumn, sdColumn            string
	seed                            uint64
	minimum                         int
	out                             string
	shell.Language
}

const sampleHelp = `Rút mẫu ngẫu nhiên từ một danh sách (CSV hoặc XLSX, mỗi dòng là một người, một hồ sơ hoặc một thôn, bản); ghi
danh sách được rút, danh sách dự phòng và xác suất được chọn của từng dòng. Cùng danh sách, cùng
tùy chọn và cùng số khởi tạo (seed) thì kết quả luôn giống nhau trên mọi máy.

Khi có --out DANH-SÁCH.csv, bốn tệp được ghi: DANH-SÁCH.csv (mẫu), DANH-SÁCH.reserve.csv (dự phòng),
DANH-SÁCH.frame.csv (mọi dòng và xác suất được chọn) và DANH-SÁCH.record.csv (số khởi tạo, mã kiểm chứng của
danh sách, cỡ mẫu). Không có --out thì mẫu và dự phòng in ra đầu ra chuẩn, số khởi tạo và cỡ mẫu in ra đầu ra lỗi.
Cách rút, để rút lại bằng công cụ khác, viết bằng tiếng Anh dưới đây.

Draws a random sample from a list (CSV or XLSX, one row per person, application or village) and writes the
drawn list, a reserve list, and each row's chance of being drawn. The same list, options and seed
give the same draw on any machine.

How the draw is made, so that it can be repeated by other means:
 1. Random numbers are 64-bit outputs of the generator PCG-DXSM with the 128-bit state (seed, 0),
    as rand.NewPCG(seed, 0) of Go's math/rand/v2. Strata come in the order of their first row.
 2. random: every row of the list, from the top, gets one number. Within its stratum the rows with
    the smallest numbers are the sample, the next ones the reserve.
 3. systematic: each stratum takes two numbers, one for the sample and one for the reserve. For n of N
    rows and r = floor(number × N / 2^64), the rows floor((r + j × N) / n), j = 0 … n−1, counted
    from 0, are drawn. The reserve is drawn in the same way from the rows left.
 4. pps: as systematic along the cumulated sizes; rows as large as the sampling interval are
    taken first, with certainty.

With --out LIST.csv four files are written: LIST.csv (the sample), LIST.reserve.csv,
LIST.frame.csv (every row with its chance) and LIST.record.csv (seed, checksum of the list, sizes).
Without it sample and reserve go to the standard output. Seed and sizes go to the standard error.`

// NewSampleCommand makes the command that draws a sample from a list.
func NewSampleCommand() *cobra.Command {
	var o sampleOptions
	cmd := &cobra.Command{
		Use:     "sample FRAME.csv",
		Short:   "Rút mẫu ngẫu nhiên từ danh sách / draws a random sample from a list",
		Long:    sampleHelp,
		Example: "  hailong sample ho-so.csv --margin 0.05 --strata xa --reserve 0.2 --seed 20260115 --out mau.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(cmd, args); err != nil {
				return shell.Misused(err)
			}
			if !cmd.Flags().Changed("seed") {
				seed, err := newSeed()
				if err != nil {
					return err
				}
				o.seed = seed
			}
			return o.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.size, "size", 0, "số dòng cần rút / number of rows to draw")
	f.Float64Var(&o.margin, "margin", 0, "hoặc sai số cho phép, 0.05 là ±5 điểm / or the margin of error to reach, 0.05 for ±5 points")
	f.StringVar(&o.formula, "formula", "slovin", "công thức cỡ mẫu theo sai số: slovin, n = N/(1+N·e²), hoặc cochran / size for a margin: slovin, n = N/(1+N·e²), or cochran")
	f.Float64Var(&o.confidence, "confidence", 0.95, "độ tin cậy của sai số (cochran) / confidence of the margin (cochran)")
	f.Float64Var(&o.proportion, "proportion", 0.5, "tỷ lệ dự kiến (cochran) / rate expected (cochran)")
	f.Float64Var(&o.designEffect, "deff", 1, "hệ số thiết kế / design effect")
	f.Float64Var(&o.response, "response", 1, "tỷ lệ trả lời dự kiến / share expected to answer")
	f.StringVar(&o.method, "method", "random", "cách rút: random (ngẫu nhiên), systematic (hệ thống) hoặc pps (theo quy mô) / how to draw: random, systematic or pps (by size)")
	f.StringSliceVar(&o.strata, "strata", nil, "các cột phân tầng / columns that make the strata")
	f.StringVar(&o.allocation, "allocation", "proportional", "cách phân bổ mẫu: proportional (tỷ lệ), equal (đều) hoặc neyman / allocation of the sample: proportional, equal or neyman")
	f.StringVar(&o.sizeColumn, "size-col", "", "cột quy mô cho pps (số hộ) / column of sizes for pps (households)")
	f.StringVar(&o.sdColumn, "sd-col", "", "cột độ lệch chuẩn của tầng cho neyman / column of the stratum's standard deviation for neyman")
	f.Float64Var(&o.reserve, "reserve", 0, "tỷ lệ dự phòng so với mẫu, 0.2 là 20 % / reserve as a share of the sample, 0.2 for 20 %")
	f.Uint64Var(&o.seed, "seed", 0, "số khởi tạo; không ghi thì máy tự chọn và in ra / seed of the draw; generated and printed where not given")
	f.IntVar(&o.minimum, "min", 0, "số tối thiểu mỗi nhóm chọn mẫu (tầng) / least number per stratum")
	f.StringVar(&o.out, "out", "", "tệp danh sách được rút, tên kết thúc bằng .csv / file of the drawn list, ending in .csv")
	f.StringVar(&o.Lang, "lang", "vi", "ngôn ngữ của thông báo: vi hoặc en / language of messages: vi or en")
	return cmd
}

var (
	drawMethods = map[string]sample.SelectionMethod{
		"random": sample.SimpleRandom, "systematic": sample.Systematic, "pps": sample.ProportionalToSize,
	}
	allocations = map[string]sample.Allocation{
		"proportional": sample.Proportional, "equal": sample.Equal, "neyman": sample.Neyman,
	}
)

// check reports every contradiction among the flags.
func (o *sampleOptions) check(cmd *cobra.Command, args []string) error {
	var problems []error
	wrong := func(bad bool, vi, en string) {
		if bad {
			problems = append(problems, errors.New(o.Say(vi, en)))
		}
	}
	given := cmd.Flags().Changed
	wrong(o.Lang != "vi" && o.Lang != "en", "--lang phải là vi hoặc en", "--lang must be vi or en")
	wrong(len(args) != 1, "cần đúng một tệp danh sách", "exactly one list file is needed")
	wrong(given("size") == given("margin"), "cần đúng một trong hai: --size hoặc --margin", "exactly one of --size and --margin is needed")
	wrong(given("size") && o.size < 1, "--size phải từ 1 trở lên", "--size must be at least 1")
	wrong(given("margin") && !(o.margin > 0 && o.margin < 1), "--margin phải lớn hơn 0 và nhỏ hơn 1, ví dụ 0.05", "--margin must lie between 0 and 1, for example 0.05")
	wrong(o.formula != "slovin" && o.formula != "cochran", "--formula phải là slovin hoặc cochran", "--formula must be slovin or cochran")
	wrong(!(o.confidence > 0 && o.confidence < 1), "--confidence phải lớn hơn 0 và nhỏ hơn 1", "--confidence must lie between 0 and 1")
	wrong(!(o.proportion > 0 && o.proportion < 1), "--proportion phải lớn hơn 0 và nhỏ hơn 1", "--proportion must lie between 0 and 1")
	wrong(!(o.designEffect > 0) || math.IsInf(o.designEffect, 0), "--deff phải lớn hơn 0", "--deff must be above 0")
	wrong(!(o.response > 0 && o.response <= 1), "--response phải lớn hơn 0 và không quá 1", "--response must be above 0 and at most 1")
	wrong(!(o.reserve >= 0 && o.reserve <= 10), "--reserve phải từ 0 đến 10, ví dụ 0.2", "--reserve must lie between 0 and 10, for example 0.2")
	wrong(o.minimum < 0, "--min không được âm", "--min must not be negative")
	_, method := drawMethods[o.method]
	wrong(!method, "--method phải là random, systematic hoặc pps", "--method must be random, systematic or pps")
	_, allocation := allocations[o.allocation]
	wrong(!allocation, "--allocation phải là proportional, equal hoặc neyman", "--allocation must be proportional, equal or neyman")
	wrong((o.method == "pps") != (o.sizeColumn != ""), "--method pps và --size-col phải đi cùng nhau", "--method pps and --size-col go together")
	wrong(o.method == "pps" && given("margin"), "--method pps rút theo đơn vị (thôn, bản): xin cho số đơn vị bằng --size", "--method pps draws units (villages): give their number by --size")
	wrong((o.allocation == "neyman") != (o.sdColumn != ""), "--allocation neyman và --sd-col phải đi cùng nhau", "--allocation neyman and --sd-col go together")
	wrong(o.allocation != "proportional" && len(o.strata) == 0, "--allocation cần có --strata", "--allocation needs --strata")
	wrong(o.out != "" && !strings.HasSuffix(o.out, ".csv"), "--out phải là tên tệp kết thúc bằng .csv", "--out must be a file name ending in .csv")
	return errors.Join(problems...)
}

// newSeed makes a seed of twelve digits: short enough to be copied by hand and
// to pass through a spreadsheet unharmed.
func newSeed() (uint64, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, fmt.Errorf("making a seed: %w", err)
	}
	return binary.BigEndian.Uint64(b[:]) % 1_000_000_000_000, nil
}

func (o *sampleOptions) run(ctx context.Context, path string, stdout, stderr io.Writer) error {
	content, err := os.ReadFile(path) // the user names the file
	if err != nil {
		return shell.Unreadable(path, fmt.Errorf("%s: %w", o.Say("không đọc được danh sách", "reading the list"), err))
	}
	frame, err := o.readFrame(ctx, path, content)
	if err != nil {
		return err
	}
	plan, err := o.plan(frame)
	if err != nil {
		return err
	}
	selection, err := sample.Draw(frame.units(), drawMethods[o.method], plan.sample, plan.reserve, o.seed)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Say("không rút được mẫu", "drawing the sample"), err)
	}
	record := o.record(path, content, frame, plan, selection)
	if err := o.write(frame, selection, record, stdout); err != nil {
		return fmt.Errorf("%s: %w", o.Say("không ghi được kết quả", "writing the result"), err)
	}
	o.report(stderr, frame, plan, selection)
	return nil
}

// report tells people what was done.
func (o *sampleOptions) report(w io.Writer, frame *sampleFrame, plan samplePlan, s sample.Selection) {
	fmt.Fprintln(w, o.Sayf("Danh sách: %d dòng, %d nhóm chọn mẫu (tầng). Đã rút %d, dự phòng %d.",
		"List: %d rows, %d strata. Drawn: %d, reserve: %d.",
		len(frame.rows), len(frame.strata), len(s.Sample), len(s.Reserve)))
	fmt.Fprintln(w, o.Sayf("Số khởi tạo (seed): %d. Xin lưu lại để rút lại đúng mẫu này.",
		"Seed: %d. Keep it: it repeats exactly this draw.", o.seed))
	if plan.sizeNote != "" {
		fmt.Fprintln(w, plan.sizeNote)
	}
	for _, h := range plan.short {
		fmt.Fprintln(w, o.Sayf("Lưu ý: nhóm chọn mẫu %q chỉ còn %d dòng cho danh sách dự phòng.",
			"Note: stratum %q has only %d rows left for the reserve.", frame.strata[h].label, plan.reserve[h]))
	}
}
