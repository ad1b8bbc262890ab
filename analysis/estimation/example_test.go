package estimation_test

import (
	"fmt"

	"hailong/analysis/estimation"
)

// Women answered more often than men; weights put both back to their numbers.
func ExampleRake() {
	const women, men = 1, 2
	sex := []uint32{women, women, women, men}
	satisfied := []float64{1, 1, 0, 0}
	raked, err := estimation.Rake([]float64{1, 1, 1, 1}, []estimation.Margin{{Name: "sex", Codes: sex, Totals: []float64{women: 50, men: 50}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	n, deff := estimation.EffectiveSize(raked.Weights)
	estimate, err := estimation.Design{}.Ratio(satisfied, []float64{1, 1, 1, 1}, raked)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("weights %.1f, worth %.0f of 4 answers (design effect %.2f)\n", raked.Weights, n, deff)
	fmt.Printf("satisfied: %.1f %%\n", 100*estimate.Rate)
	// Output:
	// weights [16.7 16.7 16.7 50.0], worth 3 of 4 answers (design effect 1.33)
	// satisfied: 33.3 %
}
