package statistics

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"hailong/analysis/estimation"
	"hailong/analysis/responsefile"
	"hailong/cmd/hailong/shell"
)

// analyzeFlags are the words of the command line.
type analyzeFlags struct {
	items, by       []string
	satisfied       []int
	strata, cluster string
	weight, fpc     string
	lonely          string
	target          string
	confidence      float64
	json            bool
	lang            string
}

// NewAnalyzeCommand makes the command that computes rates, the index and its
// distance from a target from any CSV of responses.
func NewAnalyzeCommand() *cobra.Command {
	var f analyzeFlags
	cmd := &cobra.Command{
		Use:   "analyze [flags] FILE.csv",
		Short: "Phân tích tệp CSV phiếu khảo sát / statistics on a CSV of responses (FILE - reads standard input)",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return shell.Misused(fmt.Errorf("cần đúng một tệp CSV, hoặc - để đọc đầu vào chuẩn / give one CSV file, or - for standard input; there are %d", len(args)))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.items, "items", nil, "các cột câu hỏi, cách nhau bằng dấu phẩy; ô ghi mã 1 đến 5 hoặc để trống / item columns, separated by commas; cells hold codes 1 to 5 or nothing")
	flags.IntSliceVar(&f.satisfied, "satisfied", []int{4, 5}, "các mã được tính là hài lòng / codes that count as satisfied")
	flags.StringArrayVar(&f.by, "by", nil, "kết quả theo từng giá trị của cột này; ghi được nhiều lần / results for every value of this column; may be repeated")
	flags.StringVar(&f.strata, "strata", "", "cột nhóm chọn mẫu (tầng) / column of strata")
	flags.StringVar(&f.cluster, "cluster", "", "cột cụm (cụm nằm trong tầng) / column of clusters (nested in strata)")
	flags.StringVar(&f.weight, "weight", "", "cột trọng số / column of weights")
	flags.StringVar(&f.fpc, "fpc", "", "cột quy mô tổng thể của tầng: số cụm, hoặc số phiếu khi không có --cluster / column of population sizes: clusters, or responses without --cluster, in the stratum")
	flags.StringVar(&f.lonely, "lonely", "refuse", "tầng chỉ có một đơn vị mẫu: refuse (từ chối), adjust (điều chỉnh) hoặc certainty (coi là chắc chắn) / strata with a single sampling unit: refuse, adjust or certainty")
	flags.StringVar(&f.target, "target", "", "đối chiếu chỉ số với chỉ tiêu này, từ 0 đến 1 / test the index against this target, between 0 and 1")
	flags.Float64Var(&f.confidence, "confidence", 0.95, "độ tin cậy / confidence level")
	flags.BoolVar(&f.json, "json", false, "JSON thay cho bảng / JSON instead of a table")
	flags.StringVar(&f.lang, "lang", "vi", "ngôn ngữ của bảng và thông báo: vi hoặc en / language of table and messages: vi or en")
	return cmd
}

func (f *analyzeFlags) run(path string, stdin io.Reader, stdout io.Writer) error {
	words, ok := analyzeLanguages[f.lang]
	if !ok {
		return shell.Misused(fmt.Errorf("--lang phải là vi hoặc en / --lang is vi or en, not %q", f.lang))
	}
	options, target, err := f.options()
	if err != nil {
		return shell.Misused(err)
	}
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return shell.Misused(fmt.Errorf("analyze đọc tệp CSV; xin lưu %[1]s dạng “CSV UTF-8” / analyze reads CSV; save %[1]s as “CSV UTF-8”", path))
	}
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return shell.Unreadable(path, err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	responses, err := responsefile.Read(in, options)
	var wrong *responsefile.ResponseFileError
	if errors.As(err, &wrong) {
		return errors.New(words.problems(path, wrong))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	plan := responses.Estimation()
	plan.Satisfied, plan.Confidence = f.satisfied, f.confidence
	estimates, err := estimation.Estimate(responses.FixedRows, plan)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	report := newAnalyzeReport(responses, options, estimates, f.confidence, target)
	if f.json {
		return report.writeJSON(stdout)
	}
	return report.writeTable(stdout, words)
}

// options checks the command line as far as it can be without the file.
func (f *analyzeFlags) options() (options responsefile.ResponseFileOptions, target *float64, err error) {
	var problems []error
	if len(f.items) == 0 {
		problems = append(problems, errors.New("thiếu --items: xin ghi các cột câu hỏi / --items is missing: name the item columns"))
	}
	seen := map[string]bool{}
	for _, name := range f.items {
		if name == "" {
			problems = append(problems, errors.New("--items có tên trống / --items has an empty name"))
		} else if seen[name] {
			problems = append(problems, fmt.Errorf("--items ghi %[1]q hai lần / --items names %[1]q twice", name))
		}
		seen[name] = true
	}
	if len(f.satisfied) == 0 {
		problems = append(problems, errors.New("--satisfied cần ít nhất một mã / --satisfied needs at least one code"))
	}
	for _, code := range f.satisfied {
		if code < 1 || code > responsefile.ResponseFileCodes {
			problems = append(problems, fmt.Errorf("--satisfied có mã %[1]d: mã từ 1 đến %[2]d / --satisfied has code %[1]d: codes are 1 to %[2]d", code, responsefile.ResponseFileCodes))
		}
	}
	if !(f.confidence > 0 && f.confidence < 1) {
		problems = append(problems, fmt.Errorf("--confidence %[1]v phải lớn hơn 0 và nhỏ hơn 1 / --confidence %[1]v is not between 0 and 1", f.confidence))
	}
	if f.target != "" {
		value, err := strconv.ParseFloat(f.target, 64)
		if err != nil || !(value >= 0 && value <= 1) {
			problems = append(problems, fmt.Errorf("--target %[1]q không phải số từ 0 đến 1 / --target %[1]q is not a number from 0 to 1", f.target))
		}
		target = &value
	}
	lonely, ok := map[string]estimation.Lonely{
		"refuse": estimation.LonelyRefuse, "adjust": estimation.LonelyAdjust, "certainty": estimation.LonelyCertainty,
	}[f.lonely]
	if !ok {
		problems = append(problems, fmt.Errorf("--lonely phải là refuse, adjust hoặc certainty / --lonely is refuse, adjust or certainty, not %q", f.lonely))
	}
	options = responsefile.ResponseFileOptions{
		Items: f.items, Strata: f.strata, Cluster: f.cluster, Weight: f.weight, FPC: f.fpc, Lonely: lonely,
	}
	for _, name := range f.by {
		switch {
		case name == "":
			problems = append(problems, errors.New("--by có tên trống / --by has an empty name"))
		case !slices.Contains(options.By, name):
			options.By = append(options.By, name)
		}
	}
	return options, target, joinLines(problems)
}

// joinLines is errors.Join with an indent for all but the first line.
func joinLines(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	lines := make([]string, len(problems))
	for i, problem := range problems {
		lines[i] = problem.Error()
	}
	return errors.New(strings.Join(lines, "\n  "))
}
