package exchange

// LimitSheets has an export go on in the next sheet after n rows.
func (e *Exporter) LimitSheets(n int) { e.sheetRows = n }

// LimitRounds has an export keep about n responses in memory.
func (e *Exporter) LimitRounds(n int) { e.roundRows = n }
