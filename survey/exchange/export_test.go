package exchange

// LimitSheets has an export go on in the next sheet after n rows.
func (e *Exporter) LimitSheets(n int) { e.sheetRows = n }
