package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"cosell/internal/store"
)

// byName finds tables.
var byName = func() map[string]store.Table {
	all := map[string]store.Table{}
	for _, t := range store.Tables() {
		all[t.Name] = t
	}
	return all
}()

// encoder writes rows as lines.
type encoder struct {
	line bytes.Buffer
	text *json.Encoder
}

func newEncoder() *encoder {
	e := new(encoder)
	e.text = json.NewEncoder(&e.line)
	e.text.SetEscapeHTML(false)
	return e
}

// row returns the line of a row, with its end. It is good until the next call.
func (e *encoder) row(t store.Table, row []any) ([]byte, error) {
	e.line.Reset()
	e.line.WriteString(`{"table":"` + t.Name + `","row":{`)
	for i, column := range t.Columns {
		if i > 0 {
			e.line.WriteByte(',')
		}
		e.line.WriteString(`"` + column.Name + `":`)
		switch value := row[i].(type) {
		case int64:
			e.line.Write(strconv.AppendInt(e.line.AvailableBuffer(), value, 10))
		case string:
			if err := e.value(value); err != nil {
				return nil, fmt.Errorf("%s of %s %v: %w", column.Name, t.Name, row[:t.Keys], err)
			}
		}
	}
	e.line.WriteString("}}\n")
	return e.line.Bytes(), nil
}

// value writes a text: one that is a JSON object as that, byte for byte, so that
// tools find their way into documents; any other as a string.
func (e *encoder) value(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("the text is not UTF-8")
	}
	if isObject(text) {
		e.line.WriteString(text)
		return nil
	}
	if err := e.text.Encode(text); err != nil {
		return err
	}
	e.line.Truncate(e.line.Len() - 1) // the encoder ends the line
	return nil
}

func isObject(text string) bool {
	// White space at its end would be lost, an end of line would be one.
	return strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") &&
		!strings.ContainsRune(text, '\n') && json.Valid([]byte(text))
}

// decodeRow reads the line of a row.
func decodeRow(line []byte) (t store.Table, row []any, err error) {
	var text struct {
		Table string                     `json:"table"`
		Row   map[string]json.RawMessage `json:"row"`
	}
	if !utf8.Valid(line) {
		return t, nil, errors.New("it is not UTF-8")
	}
	if err := json.Unmarshal(line, &text); err != nil {
		return t, nil, errors.New("it is not the JSON of a row")
	}
	t, ok := byName[text.Table]
	if !ok {
		return t, nil, fmt.Errorf("this cosell has no table %q", text.Table)
	}
	if len(text.Row) != len(t.Columns) {
		return t, nil, fmt.Errorf("a row of %s has %d columns, not %d", t.Name, len(t.Columns), len(text.Row))
	}
	row = make([]any, len(t.Columns))
	for i, column := range t.Columns {
		value, ok := text.Row[column.Name]
		if !ok {
			return t, nil, fmt.Errorf("the row of %s lacks the column %s", t.Name, column.Name)
		}
		if row[i], err = decodeValue(column, value); err != nil {
			return t, nil, fmt.Errorf("the column %s of %s must be %w", column.Name, t.Name, err)
		}
	}
	return t, row, nil
}

var (
	errInteger = errors.New("an integer")
	errText    = errors.New("a string or an object")
)

func decodeValue(column store.TableColumn, value []byte) (any, error) {
	if column.Integer {
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return nil, errInteger
		}
		return n, nil
	}
	switch value[0] {
	case '{':
		return string(value), nil
	case '"':
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return nil, errText
		}
		return text, nil
	default:
		return nil, errText
	}
}
