// Package registry is the staff pages about units, schools, sectors and points,
// and the lists that are imported of them.
//
// It must not hold a rule of merging or closing a unit: survey/registry does.
package registry
