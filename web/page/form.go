package page

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"hailong/survey"
)

// Form is a form as somebody filled it in, with what is wrong with it. Its
// methods make the fields of templates:
//
//	{{template "field" ((.Form.Text "name" "user.name").Must.Complete "name")}}
type Form struct {
	Typed       url.Values
	FieldErrors map[string]survey.Message
}

// FormOf reads the form of a request.
func FormOf(c *fiber.Ctx) Form {
	f := Form{Typed: url.Values{}}
	if isMultipart(c) {
		if m, err := MultipartForm(c); err == nil {
			for name, values := range m.Value {
				for _, v := range values {
					f.Typed.Add(strings.Clone(name), strings.Clone(v))
				}
			}
		}
		return f
	}
	for k, v := range c.Request().PostArgs().All() {
		f.Typed.Add(string(k), string(v))
	}
	return f
}

// FormWith is a form filled in with pairs of a name and a value.
func FormWith(pairs ...string) Form {
	f := Form{Typed: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Typed.Add(pairs[i], pairs[i+1])
	}
	return f
}

// NewIdempotencyKey draws a key for a page that makes something, so that pressing
// its button twice makes one thing.
func NewIdempotencyKey() string { return uuid.NewString() }

// Value is what was typed into a field, without spaces around it.
func (f Form) Value(name string) string { return strings.TrimSpace(f.Typed.Get(name)) }

// Raw is what was typed into a field, as it was typed: a password.
func (f Form) Raw(name string) string { return f.Typed.Get(name) }

// Values are the ticked boxes of a name.
func (f Form) Values(name string) []string { return f.Typed[name] }

// Wrong is the form with the messages of an Invalid error. ok is false for any
// other error, which the handler returns as it is.
func (f Form) Wrong(err error) (_ Form, ok bool) {
	failed := FailureOf(err, "")
	f.FieldErrors = failed.Fields
	return f, failed.Kind == survey.Invalid && len(failed.Fields) > 0
}

// Errors reports whether anything is wrong.
func (f Form) Errors() bool { return len(f.FieldErrors) > 0 }

// Choice is a choice of a select or a group of boxes. Label is a key or, where
// no key is called so, the label itself.
type Choice struct {
	Value, Label string
	Chosen       bool
}

// Field is one field as the template draws it.
type Field struct {
	Kind         string // text, password, number, date, area, select, checks, radios, file, or an HTML input type
	Name, Label  string // Label is a key; a key with ".hint" behind it, where there is one, is the hint
	Value        string
	Options      []Choice
	Error        *survey.Message
	Required     bool
	Autocomplete string
	Max          int
	Accept       string // of a file
	Focus        bool
	Mono         bool // codes and logins
	part         string
}

func (f Form) field(kind, name, label string) Field {
	x := Field{Kind: kind, Name: name, Label: label, Value: f.Typed.Get(name)}
	if m, wrong := f.FieldErrors[name]; wrong {
		x.Error = &m
	}
	return x
}

// Text is a line to type.
func (f Form) Text(name, label string) Field { return f.field("text", name, label) }

// Area is a longer text to type.
func (f Form) Area(name, label string) Field { return f.field("area", name, label) }

// Number is a whole number to type.
func (f Form) Number(name, label string) Field { return f.field("number", name, label) }

// Date is a day.
func (f Form) Date(name, label string) Field { return f.field("date", name, label) }

// File is a file to choose.
func (f Form) File(name, label, accept string) Field {
	x := f.field("file", name, label)
	x.Accept = accept
	return x
}

// Password is never filled in again.
func (f Form) Password(name, label string) Field {
	x := f.field("password", name, label)
	x.Value = ""
	return x
}

// Select is one choice of a list.
func (f Form) Select(name, label string, options []Choice) Field {
	return f.choice("select", name, label, options)
}

// Radios is one choice of a few that are all seen.
func (f Form) Radios(name, label string, options []Choice) Field {
	return f.choice("radios", name, label, options)
}

// Checks is any number of choices.
func (f Form) Checks(name, label string, options []Choice) Field {
	return f.choice("checks", name, label, options)
}

func (f Form) choice(kind, name, label string, options []Choice) Field {
	x := f.field(kind, name, label)
	x.Options = slices.Clone(options)
	for i := range x.Options {
		x.Options[i].Chosen = slices.Contains(f.Typed[name], x.Options[i].Value)
	}
	return x
}

// Must marks a field that has to be filled in.
func (x Field) Must() Field { x.Required = true; return x }

// Complete names what a browser may fill in by itself.
func (x Field) Complete(what string) Field { x.Autocomplete = what; return x }

// AtMost bounds the characters.
func (x Field) AtMost(n int) Field { x.Max = n; return x }

// First is where typing begins when the page opens.
func (x Field) First() Field { x.Focus = true; return x }

// Code is for codes and logins: no capitals, no spelling.
func (x Field) Code() Field { x.Mono = true; return x }

// Part marks a further field of the same name; what is wrong is said at the
// first one.
func (x Field) Part(name string) Field {
	x.part, x.Error = "-"+name, nil
	return x
}

// InputType is the type attribute of a simple input.
func (x Field) InputType() string {
	switch x.Kind {
	case "number", "date", "password", "email", "search":
		return x.Kind
	}
	return "text"
}

// ID is the id of the input.
func (x Field) ID() string { return "f-" + x.Name + x.part }

// OptionID is the id of the i-th choice.
func (x Field) OptionID(o Choice) string { return "f-" + x.Name + "-" + o.Value }
