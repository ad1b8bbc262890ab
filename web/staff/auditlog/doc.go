// Package auditlog is the staff page that shows the audit log, with its filter and its
// export.
//
// It must not know how the log is chained: survey/audit reads and checks it.
package auditlog
