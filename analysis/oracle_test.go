package analysis

import (
	"testing"

	"hailong/analysis/oracletest"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracletest.Run(t, 28, map[string]oracletest.Check{
		"wilson":          checkWilson,
		"clopper_pearson": checkClopperPearson,
		"binom_one_sided": checkBinomOneSided,
		"p_adjust":        checkPAdjust,
		"svyciprop":       checkDesignInterval,
		"deff":            checkDesignEffect,
	})
}
