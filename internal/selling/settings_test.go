package selling_test

import (
	"testing"

	"cosell/internal/api"
)

func TestSettingsWithoutPut(t *testing.T) {
	h := newHarness(t)
	got := do[api.GetSellingSystemSettingsResponse](t, h, alice, "GetSellingSystemSettings", `{"Catalog": "Sandbox"}`)
	sameJSON(t, encoded(t, got), `{"Catalog": "Sandbox", "ResourceSnapshotJobRoleArn": null}`)
}

func TestPutSellingSystemSettings(t *testing.T) {
	for name, c := range map[string]struct{ given, want string }{
		"BareName":     {`"Snapshots"`, `"arn:aws:iam::111122223333:role/Snapshots"`},
		"OddName":      {`"a+b=c,d.e@f_g-1"`, `"arn:aws:iam::111122223333:role/a+b=c,d.e@f_g-1"`},
		"ARN":          {`"arn:aws:iam::111122223333:role/Snapshots"`, `"arn:aws:iam::111122223333:role/Snapshots"`},
		"ARNWithPath":  {`"arn:aws:iam::111122223333:role/teams/a/Snapshots"`, `"arn:aws:iam::111122223333:role/teams/a/Snapshots"`},
		"ClearsTheOld": {`null`, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			for _, catalog := range []string{"Sandbox", "AWS"} {
				do[struct{}](t, h, alice, "PutSellingSystemSettings", `{"Catalog": "`+catalog+`", "ResourceSnapshotJobRoleIdentifier": "Old"}`)
			}
			want := `{"Catalog": "Sandbox", "ResourceSnapshotJobRoleArn": ` + c.want + `}`
			put := do[api.PutSellingSystemSettingsResponse](t, h, alice, "PutSellingSystemSettings",
				`{"Catalog": "Sandbox", "ResourceSnapshotJobRoleIdentifier": `+c.given+`}`)
			sameJSON(t, encoded(t, put), want)
			got := do[api.GetSellingSystemSettingsResponse](t, h, alice, "GetSellingSystemSettings", `{"Catalog": "Sandbox"}`)
			sameJSON(t, encoded(t, got), want)
			other := do[api.GetSellingSystemSettingsResponse](t, h, alice, "GetSellingSystemSettings", `{"Catalog": "AWS"}`)
			sameJSON(t, encoded(t, other), `{"Catalog": "AWS", "ResourceSnapshotJobRoleArn": "arn:aws:iam::111122223333:role/Old"}`)
			foreign := do[api.GetSellingSystemSettingsResponse](t, h, bob, "GetSellingSystemSettings", `{"Catalog": "Sandbox"}`)
			sameJSON(t, encoded(t, foreign), `{"Catalog": "Sandbox", "ResourceSnapshotJobRoleArn": null}`)
		})
	}
}

func TestPutSellingSystemSettingsRefuses(t *testing.T) {
	h := newHarness(t)
	for name, role := range map[string]string{
		"Empty":       ``,
		"Blank":       `My Role`,
		"TooLong":     `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`,
		"User":        `arn:aws:iam::111122223333:user/Ann`,
		"NoAccount":   `arn:aws:iam:::role/Snapshots`,
		"PathNotARN":  `teams/Snapshots`,
		"OtherObject": `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-00000000000000`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "PutSellingSystemSettings",
				`{"Catalog": "Sandbox", "ResourceSnapshotJobRoleIdentifier": "`+role+`"}`)
			fails(t, err, api.TypeValidation, "resourceSnapshotJobRoleIdentifier INVALID_STRING_FORMAT")
		})
	}
	for _, operation := range []string{"GetSellingSystemSettings", "PutSellingSystemSettings"} {
		_, err := try[struct{}](t, h, alice, operation, `{}`)
		fails(t, err, api.TypeValidation, "catalog REQUIRED_FIELD_MISSING")
		_, err = try[struct{}](t, h, alice, operation, `{"Catalog": "Production"}`)
		fails(t, err, api.TypeValidation, "catalog INVALID_ENUM_VALUE")
	}
}
