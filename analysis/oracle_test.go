package analysis

import (
	"testing"

	"hailong/analysis/oracletest"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracletest.Run(t, 34, map[string]oracletest.Check{
		"wilson":          checkWilson,
		"clopper_pearson": checkClopperPearson,
		"binom_one_sided": checkBinomOneSided,
		"p_adjust":        checkPAdjust,
		"sample_size":     checkSampleSize,
		"svyciprop":       checkDesignInterval,
		"deff":            checkDesignEffect,
		"rake":            checkRake,
		"post_stratify":   checkPostStratify,
		"rao_scott_chisq": checkRaoScott,
	})
}
