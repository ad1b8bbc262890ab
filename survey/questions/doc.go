// Package questions is how questionnaires are drafted, checked, compared and
// released, and how they go to and come from other programs as XLSForm and
// YAML.
//
// It owns when a draft is complete. It must not know campaigns or responses.
package questions
