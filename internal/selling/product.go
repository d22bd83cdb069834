package selling

import (
	"fmt"
	"io"

	"cosell/internal/api"
)

// ProductCatalogue is the list of AWS product codes that may be linked. A nil
// catalogue lets every code pass.
type ProductCatalogue struct {
	codes map[string]bool
}

// ReadProductCatalogue reads a catalogue: a JSON list of objects whose member
// Identifier is the code, as in AWS's aws_products.json.
func ReadProductCatalogue(r io.Reader) (*ProductCatalogue, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read product catalogue: %w", err)
	}
	var products []struct{ Identifier string }
	if err := api.Unmarshal(data, &products); err != nil {
		return nil, fmt.Errorf(`product catalogue must be a list like [{"Identifier": "AWSLambda"}, …]: %w`, err)
	}
	p := &ProductCatalogue{codes: make(map[string]bool, len(products))}
	for i, product := range products {
		if product.Identifier == "" {
			return nil, fmt.Errorf("product catalogue: entry %d has no Identifier", i)
		}
		p.codes[product.Identifier] = true
	}
	return p, nil
}

func (p *ProductCatalogue) has(code string) bool { return p == nil || p.codes[code] }
