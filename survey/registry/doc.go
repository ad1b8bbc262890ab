// Package registry is how staff change units, schools, sectors and points, one
// by one or by a list, and how units are closed and merged.
//
// It owns these rules. It must not know campaigns' figures or pages.
package registry
