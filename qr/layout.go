package qr

// layout places the parts of one piece of print. Boxes are millimetres from
// the piece's top left corner; a part without box or style is left out. Poster,
// card and sticker are one design in three sizes.
type layout struct {
	align   alignment // of head, scan and note
	bar     box       // rule across the top
	demo    box       // band of a demonstration, in place of the bar
	head    box       // unit and service
	scan    box       // the instruction
	code    box       // square, quiet zone included
	bracket float64   // length of the view-finder's corners around the code
	faces   box
	rules   []box // thin lines, drawn from corner to corner
	typed   box   // code as text, below its label
	address box   // address as text, below its label
	note    box

	unitStyle, serviceStyle     style
	scanMain, scanSecond        style
	label, typedStyle, urlStyle style
	noteMain, noteSecond        style
	demoStyle                   style
	gap                         float64 // between paragraphs of one box
}

// poster is one A4 page: the instruction is legible from two metres.
var poster = layout{
	align:   center,
	bar:     box{15, 12, 180, 3},
	demo:    box{15, 8, 180, 11},
	head:    box{15, 21, 180, 46},
	scan:    box{15, 69, 180, 22},
	code:    box{40, 95, 130, 130},
	bracket: 16,
	faces:   box{57, 231.5, 96, 13},
	rules:   []box{{15, 250, 180, 0}, {87, 254, 0, 17}, {15, 275, 180, 0}},
	typed:   box{15, 253, 70, 19},
	address: box{92, 253, 103, 19},
	note:    box{15, 276.5, 180, 12},

	unitStyle:    style{bold, teal, 18, 12, 13.5},
	serviceStyle: style{bold, black, 36, 18, 31},
	scanMain:     style{bold, teal, 27, 16, 12},
	scanSecond:   style{regular, grey, 17, 11, 8},
	label:        style{regular, grey, 11, 8, 5},
	typedStyle:   style{mono, black, 32, 14, 14},
	urlStyle:     style{bold, black, 15, 8, 13},
	noteMain:     style{bold, black, 12, 8, 6},
	noteSecond:   style{regular, grey, 10, 8, 5},
	demoStyle:    style{bold, black, 20, 8, 10},
	gap:          1.5,
}

// card is one A6 page to stand on a counter.
var card = layout{
	align:   center,
	bar:     box{8, 7, 89, 1.6},
	demo:    box{8, 5, 89, 6},
	head:    box{8, 11.8, 89, 23},
	scan:    box{8, 35.5, 89, 11.5},
	code:    box{21.5, 48.5, 62, 62},
	bracket: 8,
	faces:   box{29, 113.5, 47, 6.5},
	rules:   []box{{8, 123.5, 89, 0}, {44, 125.5, 0, 8}, {8, 135.5, 89, 0}},
	typed:   box{8, 124.5, 35, 10},
	address: box{46.5, 124.5, 50.5, 10},
	note:    box{8, 136.2, 89, 7.5},

	unitStyle:    style{bold, teal, 10, 7, 7.6},
	serviceStyle: style{bold, black, 17, 9, 14.7},
	scanMain:     style{bold, teal, 14, 9, 6.2},
	scanSecond:   style{regular, grey, 9.5, 7, 4.5},
	label:        style{regular, grey, 6.5, 5.5, 3},
	typedStyle:   style{mono, black, 16, 8, 7},
	urlStyle:     style{bold, black, 8.5, 5.5, 7},
	noteMain:     style{bold, black, 7.5, 5.5, 3.6},
	noteSecond:   style{regular, grey, 6.5, 5.5, 3.2},
	demoStyle:    style{bold, black, 11, 6, 5.5},
	gap:          0.6,
}

// sticker is 70 × 37 mm, a third by an eighth of A4. Its text stands between
// the top and the bottom of the dark modules.
var sticker = layout{
	align:   left,
	demo:    box{36, 32.2, 30.5, 3.2},
	head:    box{36, 5, 30.5, 11},
	scan:    box{36, 16.2, 30.5, 7.9},
	code:    box{2.5, 2.5, 32, 32},
	typed:   box{36, 24.1, 30.5, 4.8},
	address: box{36, 29, 30.5, 2.6},

	unitStyle:    style{bold, teal, 6.5, 5, 3},
	serviceStyle: style{bold, black, 8.5, 5.5, 7.4},
	scanMain:     style{regular, black, 6.2, 5, 5.4},
	scanSecond:   style{regular, grey, 5, 4.5, 2.2},
	typedStyle:   style{mono, black, 11, 6, 4.8},
	urlStyle:     style{regular, grey, 5.5, 4, 2.6},
	demoStyle:    style{bold, black, 6.5, 4, 3},
	gap:          0.3,
}

// slip is 70 × 37 mm: what to do at the left, the code at the right, and below
// both until when.
var slip = layout{
	align: left,
	demo:  box{46.5, 31, 20, 3.4},
	head:  box{4, 3.2, 40, 4},
	scan:  box{4, 7.4, 40, 12.8},
	code:  box{44.5, 2.2, 23, 23},
	typed: box{4, 20.2, 40.5, 7},
	note:  box{4, 27, 62, 8.4},

	unitStyle:  style{bold, teal, 6.5, 4.5, 3.6},
	scanMain:   style{bold, black, 9, 6, 4.2},
	scanSecond: style{regular, black, 7, 5, 8.4},
	typedStyle: style{mono, black, 15, 9, 7},
	noteMain:   style{bold, black, 7, 5, 3.4},
	noteSecond: style{regular, grey, 5, 4.2, 4.6},
	demoStyle:  style{bold, black, 6, 3.5, 3.2},
	gap:        0.3,
}

// ticket is a slip on the paper of a receipt printer, which leaves 72 of its 80 mm.
var ticket = layout{
	align: center,
	demo:  box{4, 2, 72, 5},
	head:  box{4, 7.5, 72, 8},
	scan:  box{4, 16, 72, 16},
	code:  box{22, 32.5, 36, 36},
	typed: box{14.3, 68.5, 56, 9}, // in the middle: eleven characters at full size
	note:  box{4, 78, 72, 10},

	unitStyle:  style{bold, black, 10, 7, 7.6},
	scanMain:   style{bold, black, 14, 9, 6.2},
	scanSecond: style{regular, black, 9.5, 7, 9.2},
	typedStyle: style{mono, black, 22, 12, 9},
	noteMain:   style{bold, black, 9, 7, 4.4},
	noteSecond: style{regular, black, 7.5, 5.5, 5.4},
	demoStyle:  style{bold, black, 9, 6, 4.6},
	gap:        0.5,
}

// paper is how pieces of a layout stand on a page, row by row from the top left.
type paper struct {
	layout
	width, height  float64
	columns, rows  int
	pitchX, pitchY float64 // from piece to piece
	top            float64 // of the first row
	dashed         bool    // cut along lines, and not by marks where they cross
}

// papers holds how each format is printed.
var papers = map[Format]paper{
	Poster:   {layout: poster, width: 210, height: 297, columns: 1, rows: 1},
	Card:     {layout: card, width: 105, height: 148, columns: 1, rows: 1},
	Sheet:    {layout: card, width: 210, height: 297, columns: 2, rows: 2, pitchX: 105, pitchY: 148, top: 0.5},
	Stickers: {layout: sticker, width: 210, height: 297, columns: 3, rows: 8, pitchX: 70, pitchY: 37, top: 0.5},
	Slips:    {layout: slip, width: 210, height: 297, columns: 3, rows: 8, pitchX: 70, pitchY: 37, top: 0.5, dashed: true},
	Roll:     {layout: ticket, width: 80, height: 90, columns: 1, rows: 1},
}

// cell is the top left corner of a page's nth piece.
func (p paper) cell(n int) (x, y float64) {
	return float64(n%p.columns) * p.pitchX, p.top + float64(n/p.columns)*p.pitchY
}
