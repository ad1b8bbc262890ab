package survey

import "errors"

// Fields collects what is wrong with the input, by the name of its field.
type Fields map[string]Message

// Add says what is wrong with a field. A later message about the same field
// replaces the earlier one.
func (f Fields) Add(field, key string, args ...any) { f[field] = Message{Key: key, Args: args} }

// Err returns nil if nothing is wrong, and otherwise an Invalid error with the
// key of its sentence.
func (f Fields) Err(op, key string) error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Op: op, Key: key, Fields: f}
}

// InvalidField is the Invalid error of a single field.
func InvalidField(op, key, field, fieldKey string, args ...any) error {
	fields := Fields{}
	fields.Add(field, fieldKey, args...)
	return fields.Err(op, key)
}

// FieldsOf returns what an error says of each field; nil if it says nothing.
func FieldsOf(err error) Fields {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}
