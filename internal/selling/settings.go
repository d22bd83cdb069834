package selling

import (
	"errors"
	"fmt"
	"strings"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// GetSellingSystemSettings returns the caller's settings in a catalog. Where none
// were put there is no role (docs/behavior/settings.md#role).
func (c *Call) GetSellingSystemSettings(in *api.GetSellingSystemSettingsRequest) (*api.GetSellingSystemSettingsResponse, error) {
	document, err := c.Tx.Settings(c.Caller.Account, *in.Catalog)
	if errors.Is(err, store.ErrNotFound) {
		return &api.GetSellingSystemSettingsResponse{Catalog: in.Catalog}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return operation.Decode[api.GetSellingSystemSettingsResponse]("settings", document)
}

// PutSellingSystemSettings replaces the caller's settings in a catalog. A bare
// role name is that of a role of the caller's account; no role clears it.
func (c *Call) PutSellingSystemSettings(in *api.PutSellingSystemSettingsRequest) (*api.PutSellingSystemSettingsResponse, error) {
	out := &api.PutSellingSystemSettingsResponse{Catalog: in.Catalog, ResourceSnapshotJobRoleArn: in.ResourceSnapshotJobRoleIdentifier}
	if role := in.ResourceSnapshotJobRoleIdentifier; role != nil && !strings.HasPrefix(*role, "arn:") {
		out.ResourceSnapshotJobRoleArn = new("arn:aws:iam::" + c.Caller.Account + ":role/" + *role)
	}
	document, err := operation.Encode("settings", out)
	if err != nil {
		return nil, err
	}
	if err := c.Tx.PutSettings(c.Caller.Account, *in.Catalog, document); err != nil {
		return nil, fmt.Errorf("write settings: %w", err)
	}
	return out, nil
}
