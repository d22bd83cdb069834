package selling

import (
	_ "embed" // the list of products is part of the binary
	"fmt"
	"io"
	"sync"

	"cosell/internal/api"
)

// ProductCatalog is the list of AWS product codes that may be associated. A nil
// catalog accepts every code.
type ProductCatalog struct {
	codes map[string]bool
}

// awsProducts is the list that AWS publishes for AssociateOpportunity, with its
// source and date. `make products` renews it.
//
//go:embed aws-products.json
var awsProducts []byte

type product struct{ Identifier string }

// AWSProducts returns the catalog of the products that AWS has published
// (docs/behavior/associations.md#aws-products).
var AWSProducts = sync.OnceValue(func() *ProductCatalog {
	var list struct{ Products []product }
	if err := api.Unmarshal(awsProducts, &list); err != nil {
		panic(fmt.Sprintf("aws-products.json: %v", err))
	}
	p, err := catalogOf(list.Products)
	if err != nil {
		panic(fmt.Sprintf("aws-products.json: %v", err))
	}
	return p
})

// ReadProductCatalog reads a catalog: a JSON list of objects whose member
// Identifier is the code, as in AWS's aws_products.json.
func ReadProductCatalog(r io.Reader) (*ProductCatalog, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read product catalog: %w", err)
	}
	var products []product
	if err := api.Unmarshal(data, &products); err != nil {
		return nil, fmt.Errorf(`product catalog must be a list such as [{"Identifier": "AWSLambda"}]: %w`, err)
	}
	return catalogOf(products)
}

func catalogOf(products []product) (*ProductCatalog, error) {
	p := &ProductCatalog{codes: make(map[string]bool, len(products))}
	for i, product := range products {
		if product.Identifier == "" {
			return nil, fmt.Errorf("product catalog: entry %d has no Identifier", i)
		}
		p.codes[product.Identifier] = true
	}
	return p, nil
}

func (p *ProductCatalog) has(code string) bool { return p == nil || p.codes[code] }
