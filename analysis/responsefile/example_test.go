package responsefile_test

import (
	"fmt"
	"strings"

	"hailong/analysis"
	"hailong/analysis/estimation"
	"hailong/analysis/responsefile"
)

// A stratified sample from a CSV file, judged against a target.
func ExampleRead() {
	file := strings.NewReader(`commune,people,q1,q2
Bum Tở,40,5,4
Bum Tở,40,4,4
Bum Tở,40,2,5
Mù Cả,10,4,3
Mù Cả,10,3,3
`)
	responses, err := responsefile.Read(file, responsefile.ResponseFileOptions{Items: []string{"q1", "q2"}, By: []string{"commune"}, Strata: "commune", FPC: "people"})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan := responses.Estimation()
	plan.Satisfied, plan.Confidence = []int{4, 5}, 0.95
	estimates, err := estimation.Estimate(responses.FixedRows, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	index := estimates.Whole.Index
	fmt.Printf("%.0f people: %.1f %% satisfied, %.1f to %.1f; against 95 %%: %s\n", estimates.Population,
		100*index.Rate, 100*index.Interval.Low, 100*index.Interval.High, analysis.Judge(index.Interval, 0.95))
	for _, d := range estimates.By[0] {
		fmt.Printf("%s: %.1f %%\n", responses.Labels("commune")[d.Code], 100*d.Index.Rate)
	}
	// Output:
	// 50 people: 71.7 % satisfied, 23.1 to 95.5; against 95 %: inconclusive
	// Bum Tở: 83.3 %
	// Mù Cả: 25.0 %
}
