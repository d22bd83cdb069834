package main

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/ids"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// fillVersion changes with the way the large store is filled.
const fillVersion = 3

// What the large store has few of and many of. A thousand companies share most
// of the opportunities; one large customer has a tenth of them.
const (
	rareCompany   = "Lighthouse Ropeworks"
	commonCompany = "Harbour Freight Analytics"
	rareEvery     = 300_000 // so the rare company, and the rare status, has a handful
	spacing       = 30 * time.Second
)

var firstCreated = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// largeStore returns the directory of a store with b.rows opportunities of one
// account, and the identifier of one. It is filled the first time, which takes
// minutes, and kept.
func (b *bench) largeStore(ctx context.Context) (dir, id string, err error) {
	schema, err := schemaSum()
	if err != nil {
		return "", "", err
	}
	dir = filepath.Join(b.kept, fmt.Sprintf("cosell-bench-%d-%08x-%d", fillVersion, schema, b.rows))
	filled := dir + ".filled"
	if text, err := os.ReadFile(filled); err == nil {
		return dir, string(text), nil
	}
	fmt.Fprintf(os.Stderr, "filling %s with %s opportunities, once\n", dir, count(b.rows))
	if err := os.RemoveAll(dir); err != nil {
		return "", "", err
	}
	if id, err = fillFile(ctx, dir, b.rows); err != nil {
		return "", "", err
	}
	return dir, id, os.WriteFile(filled, []byte(id), 0o600)
}

// schemaSum tells schemas apart: a store that was filled under another one is
// not used again, even if it could be migrated.
func schemaSum() (uint32, error) {
	sum := crc32.NewIEEE()
	migrations := store.Migrations()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations, path)
		_, _ = sum.Write(text)
		return err
	})
	return sum.Sum32(), err
}

func fillFile(ctx context.Context, dir string, n int) (id string, err error) {
	s, err := sqlite.Open(ctx, dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return fill(ctx, s, n)
}

// fill adds n opportunities and returns the identifier of the last.
func fill(ctx context.Context, s store.Store, n int) (id string, err error) {
	const atOnce = 5000
	f := newFiller(n)
	for from := 0; from < n; from += atOnce {
		err := s.Update(ctx, func(tx *store.Tx) error {
			for i := from; i < min(n, from+atOnce); i++ {
				o, err := f.opportunity(i)
				if err != nil {
					return err
				}
				if err := tx.InsertOpportunity(o); err != nil {
					return err
				}
				id = o.ID
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	if err := fillCustomers(ctx, s, n); err != nil {
		return "", err
	}
	return id, foldSearches(ctx, s)
}

// filler makes opportunities, the same in every run.
type filler struct {
	random *rand.Rand
	at     time.Time
	ids    *ids.Source
	rare   int // one of so many is rare
}

func newFiller(n int) *filler {
	f := &filler{random: rand.New(rand.NewPCG(1, 2)), at: firstCreated, rare: min(rareEvery, n/4)} //nolint:gosec,mnd // not for secrets
	f.ids = ids.New(func() time.Time { return f.at }, rand.NewChaCha8([32]byte{}))
	return f
}

var (
	// One of each group of ten has the stage or status at its place.
	stageShares = [10]api.Stage{
		api.StageProspect, api.StageProspect, api.StageProspect, api.StageQualified, api.StageQualified,
		api.StageQualified, api.StageTechnicalValidation, api.StageBusinessValidation, api.StageCommitted, api.StageLaunched,
	}
	statusShares = [10]api.ReviewStatus{
		api.ReviewStatusPendingSubmission, api.ReviewStatusPendingSubmission, api.ReviewStatusPendingSubmission,
		api.ReviewStatusPendingSubmission, api.ReviewStatusApproved, api.ReviewStatusApproved, api.ReviewStatusApproved,
		api.ReviewStatusApproved, api.ReviewStatusInReview, api.ReviewStatusRejected,
	}
)

func (f *filler) opportunity(i int) (*store.Opportunity, error) {
	const (
		companies = 1000
		days      = 500
		edited    = 90 * 24 * time.Hour
	)
	f.at = firstCreated.Add(time.Duration(i) * spacing)
	id := f.ids.Opportunity()
	stage := stageShares[f.random.IntN(len(stageShares))]
	status := statusShares[f.random.IntN(len(statusShares))]
	company := fmt.Sprintf("Company %04d", f.random.IntN(companies))
	switch {
	case i%f.rare == f.rare/2: //nolint:mnd // anywhere but at the ends
		company, status = rareCompany, api.ReviewStatusActionRequired
	case f.random.IntN(10) == 0: //nolint:mnd // a tenth
		company = commonCompany
	}
	created := api.NewTimestamp(f.at)
	modified := api.NewTimestamp(f.at.Add(time.Duration(f.random.Int64N(int64(edited)))))
	closes := firstCreated.AddDate(1, 0, f.random.IntN(days)).Format(time.DateOnly)

	in := draft("")
	in.Customer.Account.CompanyName = &company
	in.LifeCycle.Stage, in.LifeCycle.ReviewStatus, in.LifeCycle.TargetCloseDate = &stage, &status, &closes
	document, err := api.Marshal(&api.GetOpportunityResponse{
		Catalog: in.Catalog, Id: &id,
		Arn:         new("arn:aws:partnercentral:us-east-1:" + accessKey + ":catalog/" + catalog + "/opportunity/" + id),
		CreatedDate: &created, LastModifiedDate: &modified,
		PrimaryNeedsFromAws: in.PrimaryNeedsFromAws, NationalSecurity: in.NationalSecurity, Customer: in.Customer,
		Project: in.Project, OpportunityType: in.OpportunityType, Marketing: in.Marketing, LifeCycle: in.LifeCycle,
		RelatedEntityIdentifiers: &api.RelatedEntityIdentifiers{
			Solutions: []string{}, AwsProducts: []string{}, AwsMarketplaceOffers: []string{}, AwsMarketplaceOfferSets: []string{},
			AwsMarketplaceSolutions: []string{}, AwsMarketplaceProducts: []string{},
		},
	})
	return &store.Opportunity{
		OpportunityKey: store.OpportunityKey{Account: accessKey, Catalog: catalog, ID: id},
		Stage:          string(stage), ReviewStatus: string(status), CompanyKey: strings.ToLower(company),
		TargetCloseDate: closes, CreatedAt: int64(created), LastModifiedAt: int64(modified), Document: document,
	}, err
}
