package survey

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// A document is changed by way of its Go type, which has only the fields that this
// program knows. What a newer program, or another hand, put beside them is not lost by
// that: the changed document takes it over from the stored one, on every level.
//
// An element of a list takes over from the one with the same id ("_id", "id", "code",
// "key"), or else from one whose known fields are the same. What is removed is removed
// with all that is in it. A type that encodes itself knows all of its fields.

// keepUnknown returns a document of a type with what the stored one holds beyond the
// fields of the type.
func keepUnknown(stored, doc bson.Raw, t reflect.Type) (bson.Raw, error) {
	merged, err := mergeUnknown(bsoncore.Document(stored), bsoncore.Document(doc), t)
	if err != nil {
		return nil, NewError(Internal, "encode document", err)
	}
	return bson.Raw(merged), nil
}

func mergeUnknown(stored, doc bsoncore.Document, t reflect.Type) (bsoncore.Document, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	typeOf, ok := fieldTypes(t)
	if !ok {
		return doc, nil
	}
	was, err := stored.Elements()
	if err != nil {
		return nil, err
	}
	now, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	index, out := bsoncore.AppendDocumentStart(make([]byte, 0, len(doc)))
	var change bsoncore.Element
	for _, e := range now {
		key := e.Key()
		there[key] = true
		field, known := typeOf(key)
		i := slices.IndexFunc(was, func(w bsoncore.Element) bool { return w.Key() == key })
		switch {
		case key == changeField:
			change = e
			continue
		case !known || i < 0:
			out = append(out, e...)
			continue
		}
		value, err := mergeValue(was[i].Value(), e.Value(), field)
		if err != nil {
			return nil, err
		}
		out = bsoncore.AppendValueElement(out, key, value)
	}
	for _, e := range was {
		if _, known := typeOf(e.Key()); !known && !there[e.Key()] && e.Key() != changeField {
			out = append(out, e...)
		}
	}
	out = append(out, change...)
	return bsoncore.AppendDocumentEnd(out, index)
}

func mergeValue(was, now bsoncore.Value, t reflect.Type) (bsoncore.Value, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if was.Type != now.Type || encodesItself(t) {
		return now, nil
	}
	switch now.Type {
	case bson.TypeEmbeddedDocument:
		merged, err := mergeUnknown(was.Document(), now.Document(), t)
		return bsoncore.Value{Type: now.Type, Data: merged}, err
	case bson.TypeArray:
		if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
			return now, nil
		}
		return mergeList(was, now, t.Elem())
	default:
		return now, nil
	}
}

func mergeList(was, now bsoncore.Value, t reflect.Type) (bsoncore.Value, error) {
	before, err := was.Array().Values()
	if err != nil {
		return now, err
	}
	elements, err := now.Array().Values()
	if err != nil {
		return now, err
	}
	for i, e := range elements {
		if e.Type != bson.TypeEmbeddedDocument {
			return now, nil
		}
		j := slices.IndexFunc(before, func(w bsoncore.Value) bool {
			return w.Type == bson.TypeEmbeddedDocument && isSame(w.Document(), e.Document(), t)
		})
		if j < 0 {
			continue
		}
		if elements[i], err = mergeValue(before[j], e, t); err != nil {
			return now, err
		}
	}
	return bsoncore.Value{Type: now.Type, Data: bsoncore.BuildArray(nil, elements...)}, nil
}

// isSame reports whether an element of a list is the one that was stored.
func isSame(was, now bsoncore.Document, t reflect.Type) bool {
	for _, key := range []string{"_id", "id", "code", "key"} {
		ours, err := now.LookupErr(key)
		if err != nil {
			continue
		}
		theirs, err := was.LookupErr(key)
		return err == nil && ours.Equal(theirs)
	}
	known := reflect.New(t)
	if bson.Unmarshal(was, known.Interface()) != nil {
		return false
	}
	again, err := bson.Marshal(known.Interface())
	return err == nil && bytes.Equal(again, now)
}

// fieldTypes returns how to find the type of a field by its key; false for a type whose
// fields are not known by reflection.
func fieldTypes(t reflect.Type) (typeOf func(key string) (reflect.Type, bool), ok bool) {
	switch {
	case encodesItself(t):
		return nil, false
	case t.Kind() == reflect.Map:
		return func(string) (reflect.Type, bool) { return t.Elem(), true }, true // whoever has a map has each of its keys
	case t.Kind() != reflect.Struct:
		return nil, false
	}
	fields := map[string]reflect.Type{}
	addFields(fields, t)
	return func(key string) (reflect.Type, bool) {
		field, known := fields[key]
		return field, known
	}, true
}

func addFields(fields map[string]reflect.Type, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("bson"), ",")
		inline := slices.Contains(strings.Split(options, ","), "inline")
		inner := f.Type
		for inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case inline && inner.Kind() == reflect.Struct:
			addFields(fields, inner)
		case !f.IsExported() || name == "-":
		case name == "":
			fields[strings.ToLower(f.Name)] = f.Type
		default:
			fields[name] = f.Type
		}
	}
}

// encodesItself reports whether a type has a form in documents that its fields do not
// tell.
func encodesItself(t reflect.Type) bool {
	if t == reflect.TypeFor[time.Time]() || t.Kind() == reflect.Interface {
		return true
	}
	for _, marshaler := range []reflect.Type{reflect.TypeFor[bson.Marshaler](), reflect.TypeFor[bson.ValueMarshaler]()} {
		if t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler) {
			return true
		}
	}
	return false
}
