// Package unknown keeps what a document holds that this program does not know.
//
// A document is changed by way of its Go type, which has only the fields that this
// program knows. What a newer program, or another hand, put beside them is not lost by
// that: the changed document takes it over from the stored one, on every level.
//
// An element of a list takes over from the one with the same identity, or else from one
// whose known fields are the same. What is removed is removed with all that is in it, and
// so is what another thing takes the place of: an invitation with another secret has
// nothing of the earlier one. A type that encodes itself knows all of its fields.
//
// It knows documents and types of Go, and no noun of ours.
package unknown

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// Keep returns doc, which a type wrote, with what the stored document holds beyond the
// fields of the type. Fields keep the order in which they are stored, so that those that
// did not change read the same; new ones come after them. except names fields that are
// never taken over. Errors: those of a document that cannot be read.
func Keep(stored, doc bson.Raw, t reflect.Type, except ...string) (bson.Raw, error) {
	merged, err := mergeDocument(bsoncore.Document(stored), bsoncore.Document(doc), t, except)
	return bson.Raw(merged), err
}

func mergeDocument(stored, doc bsoncore.Document, t reflect.Type, except []string) (bsoncore.Document, error) {
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
	index, out := bsoncore.AppendDocumentStart(make([]byte, 0, len(doc)))
	for _, e := range was {
		key := e.Key()
		field, known := typeOf(key)
		i := slices.IndexFunc(now, func(n bsoncore.Element) bool { return n.Key() == key })
		switch {
		case slices.Contains(except, key):
		case i < 0 && !known:
			out = append(out, e...)
		case i >= 0 && !known:
			out = append(out, now[i]...)
		case i >= 0:
			value, err := mergeValue(e.Value(), now[i].Value(), field)
			if err != nil {
				return nil, err
			}
			out = bsoncore.AppendValueElement(out, key, value)
		}
	}
	for _, e := range now {
		if key := e.Key(); slices.Contains(except, key) || !slices.ContainsFunc(was, func(w bsoncore.Element) bool { return w.Key() == key }) {
			out = append(out, e...)
		}
	}
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
		if named, same := sameIdentity(was.Document(), now.Document()); named && !same {
			return now, nil
		}
		merged, err := mergeDocument(was.Document(), now.Document(), t, nil)
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

// identities are the keys by which one thing inside a document is told from another: the
// hash is that of a secret that was given out, the moment that of something that
// happened. The first one that a thing has counts.
var identities = []string{"_id", "id", "code", "key", "hash", "number", "day", "at"}

// sameIdentity reports whether a thing inside a document names itself, and whether it is
// the one that was stored.
func sameIdentity(was, now bsoncore.Document) (named, same bool) {
	for _, key := range identities {
		if ours, err := now.LookupErr(key); err == nil {
			theirs, err := was.LookupErr(key)
			return true, err == nil && ours.Equal(theirs)
		}
	}
	return false, false
}

// isSame reports whether an element of a list is the one that was stored.
func isSame(was, now bsoncore.Document, t reflect.Type) bool {
	if named, same := sameIdentity(was, now); named {
		return same
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
