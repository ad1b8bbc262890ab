//go:build !race

package web_test

const memoryFactor = 1
