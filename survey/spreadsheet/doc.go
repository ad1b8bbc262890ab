// Package spreadsheet reads and writes every table that offices bring or take away: CSV
// and Excel, within the same bounds, and never as a formula.
//
// What a file weighs says little of what it costs to read, so what costs is bounded,
// before it is held, wherever the file comes from:
//
//	workbook sent to a page   32 MiB unpacked of the parts that are read, 256 sheets, 2.5 million
//	                          elements of XML, 250,000 of shared strings, 32 deep, 128 KiB a text;
//	                          dates and formatted numbers in about 40,000 cells
//	workbook of responses     16 GiB unpacked, through files; 4 million elements of shared strings
//	CSV                       1 MiB a row
//	table in memory           200 columns; 100,000 rows from a page, 1,048,576 from a file that a
//	                          command names; 20 cells a row on average
//	list                      5,000 rows
//	file of responses         4,000 columns, any number of rows: they are read one by one
//
// The library that reads workbooks has no such bounds: it is given a copy of the parts
// that are read, once each has been scanned as bytes.
//
// It must not know what a row means.
package spreadsheet
