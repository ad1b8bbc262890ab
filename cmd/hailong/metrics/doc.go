// Package metrics is the numbers that an operator watches, as Prometheus asks for them.
// operations/metrics.md lists them, and a test of the whole program holds it true.
//
// It must not decide what is wrong: survey/health does, and the alert rules.
package metrics
