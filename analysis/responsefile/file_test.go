package responsefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis/estimation"
)

func TestRead(t *testing.T) {
	t.Parallel()
	text := "\ufeffid,q1,unit,w,q2\r\n" +
		"1,5,\"Bum Tở\",1.5,4\r\n" +
		"2,,,2e1,1\r\n" +
		"\r\n" +
		"3,3,\"xã, \"\"cũ\"\"\",0,\r\n" +
		"4,03,Bum Tở,.5,5\r\n\r\n"
	s, err := Read(strings.NewReader(text), ResponseFileOptions{Items: []string{"q2", "q1"}, By: []string{"unit"}, Weight: "w"})
	if err != nil {
		t.Fatal(err)
	}
	got := []any{s.Rows(), s.Item(0), s.Item(1), s.Domain(0), s.Labels("unit"), s.Measure(0)}
	want := []any{4, []uint8{4, 1, 0, 5}, []uint8{5, 0, 3, 3}, []uint32{1, 0, 2, 1}, []string{"", "Bum Tở", `xã, "cũ"`}, []float64{1.5, 20, 0, 0.5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// In a file of one column a blank line is somebody who did not answer.
func TestReadOfOneColumn(t *testing.T) {
	t.Parallel()
	s, err := Read(strings.NewReader("q\n5\n\n\n4\n\n"), ResponseFileOptions{Items: []string{"q"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint8{5, 0, 0, 4}, s.Item(0)); diff != "" {
		t.Error(diff)
	}
}

func TestReadNamesEveryProblem(t *testing.T) {
	t.Parallel()
	design := ResponseFileOptions{Items: []string{"q1"}, Strata: "h", Cluster: "c", Weight: "w", FPC: "N"}
	tests := []struct {
		name    string
		options ResponseFileOptions
		text    string
		want    []ResponseFileProblem
	}{
		{"UnknownColumns", ResponseFileOptions{Items: []string{"q1", "q9"}, By: []string{"unit"}, Weight: "q9"}, "q1\n5\n", []ResponseFileProblem{
			{UnknownColumn, 0, 1, "q9", ""},
			{UnknownColumn, 0, 1, "unit", ""},
		}},
		{"RepeatedColumn", ResponseFileOptions{Items: []string{"q1"}}, "q1,q1\n5,5\n", []ResponseFileProblem{{RepeatedColumn, 0, 1, "q1", ""}}},
		{"RepeatedColumnNobodyNeeds", ResponseFileOptions{Items: []string{"q1"}}, "q1,x,x\n6,5,5\n", []ResponseFileProblem{{BadCode, 1, 2, "q1", "6"}}},
		{"Semicolons", ResponseFileOptions{Items: []string{"q1"}}, "q1;q2\n5;5\n", []ResponseFileProblem{{UnknownColumn, 0, 1, "q1", ";"}}},
		{"NoHeader", ResponseFileOptions{Items: []string{"q1"}}, "", []ResponseFileProblem{{Fault: NoRows}}},
		{"NoRows", ResponseFileOptions{Items: []string{"q1"}}, "q1\n\n\n", []ResponseFileProblem{{Fault: NoRows}}},
		{"Codes", ResponseFileOptions{Items: []string{"q1", "q2"}}, "q1,q2\n0,5\n\n6,-1\n5,4.0\n x,NA\n", []ResponseFileProblem{
			{BadCode, 1, 2, "q1", "0"},
			{BadCode, 2, 4, "q1", "6"},
			{BadCode, 2, 4, "q2", "-1"},
			{BadCode, 3, 5, "q2", "4.0"},
			{BadCode, 4, 6, "q1", " x"},
			{BadCode, 4, 6, "q2", "NA"},
		}},
		{"UnequalRows", ResponseFileOptions{Items: []string{"q1"}}, "q1,q2\n5\n5,4\n5,4,3\n", []ResponseFileProblem{
			{UnequalRow, 1, 2, "", "1/2"},
			{UnequalRow, 3, 4, "", "3/2"},
		}},
		{"BrokenQuotes", ResponseFileOptions{Items: []string{"q1"}}, "q1,t\n7,\"a\nb\"\n5,a\"b\n9,c\n", []ResponseFileProblem{
			{BadCode, 1, 2, "q1", "7"},
			{BrokenQuotes, 2, 4, "", ""},
		}},
		{"NotUTF8", ResponseFileOptions{Items: []string{"q1"}, By: []string{"unit"}}, "q1,unit\n5,x\xe3\n", []ResponseFileProblem{{NotUTF8, 1, 2, "unit", "x\xe3"}}},
		{"Numbers", design, "q1,h,c,w,N\n5,a,1,-1,9\n5,a,2,,9\n5,a,3,inf,9\n5,a,4,0x1,9\n5,a,5,1,many\n5,a,6,1e999,9\n", []ResponseFileProblem{
			{BadNumber, 1, 2, "w", "-1"},
			{BadNumber, 2, 3, "w", ""},
			{BadNumber, 3, 4, "w", "inf"},
			{BadNumber, 4, 5, "w", "0x1"},
			{BadNumber, 5, 6, "N", "many"},
			{BadNumber, 6, 7, "w", "1e999"},
		}},
		{"EmptyUnits", design, "q1,h,c,w,N\n5,,1,1,9\n5,a,,1,9\n", []ResponseFileProblem{
			{EmptyUnit, 1, 2, "h", ""},
			{EmptyUnit, 2, 3, "c", ""},
		}},
		{"PopulationVaries", design, "q1,h,c,w,N\n5,a,1,1,9\n\n5,a,2,1,8\n", []ResponseFileProblem{{UnevenFPC, 2, 4, "N", "a"}}},
		{"PopulationTooSmall", design, "q1,h,c,w,N\n5,a,1,1,1\n5,a,2,1,1\n", []ResponseFileProblem{{SmallFPC, 0, 0, "N", "a"}}},
		{"PopulationOfNobody", design, "q1,h,c,w,N\n5,a,1,1,0\n5,a,2,1,0\n", []ResponseFileProblem{{BadNumber, 1, 2, "N", "0"}, {BadNumber, 2, 3, "N", "0"}}},
		{"LonelyStratumAndWrongCode", design, "q1,h,c,w,N\n7,a,1,1,9\n5,a,1,1,9\n5,b,1,1,9\n5,b,2,1,9\n", []ResponseFileProblem{
			{BadCode, 1, 2, "q1", "7"},
			{LonelyUnit, 0, 0, "h", "a"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(tt.text), tt.options)
			var got *ResponseFileError
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a ResponseFileError", err)
			}
			if diff := cmp.Diff(tt.want, got.Problems); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Total != len(tt.want) {
				t.Errorf("%d problems in total, want %d", got.Total, len(tt.want))
			}
			if lines := strings.Count(got.Error(), "\n") + 1; lines != len(tt.want) {
				t.Errorf("%d lines for %d problems:\n%s", lines, len(tt.want), got)
			}
		})
	}
}

func TestReadListsTwentyProblems(t *testing.T) {
	t.Parallel()
	text := "q\n" + strings.Repeat("9\n", 25)
	_, err := Read(strings.NewReader(text), ResponseFileOptions{Items: []string{"q"}})
	var got *ResponseFileError
	if !errors.As(err, &got) || len(got.Problems) != 20 || got.Total != 25 {
		t.Fatalf("error %v", err)
	}
	if !strings.HasSuffix(err.Error(), "\nand 5 more") {
		t.Errorf("the rest is not counted:\n%s", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("q1,q2,unit,h,w,N\n5,4,a,x,1,9\n,3,,x,2,9\n1,1,b,y,0,4\n2,2,b,y,1,4\n")
	f.Add("q1,q2,unit,h,w,N\n5,4,a,x,1,1\n")
	f.Add("\ufeffq1,q2,unit,h,w,N\r\n\"5\",4,\"a\n\",x,1e300,1e300\r\n5,5,a,x,1e300,1e300")
	f.Fuzz(func(t *testing.T, text string) {
		options := ResponseFileOptions{Items: []string{"q1", "q2"}, By: []string{"unit"}, Strata: "h", Weight: "w", FPC: "N"}
		s, err := Read(strings.NewReader(text), options)
		var wrong *ResponseFileError
		if errors.As(err, &wrong) {
			if wrong.Total < len(wrong.Problems) || len(wrong.Problems) == 0 || wrong.Error() == "" {
				t.Fatalf("%#v", wrong)
			}
			return
		}
		if err != nil {
			return
		}
		plan := s.Estimation()
		plan.Satisfied, plan.Confidence = []int{4, 5}, 0.95
		e, err := estimation.Estimate(s.FixedRows, plan)
		if err != nil {
			t.Fatalf("a file without problems cannot be estimated: %v", err)
		}
		var n int64
		for _, d := range e.By[0] {
			n += d.N
			for _, i := range d.Items {
				if i.Rate < 0 || i.Rate > 1 || i.SE < 0 || i.Interval.Low > i.Interval.High {
					t.Fatalf("impossible figures %+v", i)
				}
			}
		}
		if n > e.N || e.Whole.N != int64(s.Rows()) {
			t.Fatalf("%d of %d rows are in domains", n, e.N)
		}
	})
}
