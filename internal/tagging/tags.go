package tagging

import (
	"fmt"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// Check returns what is wrong with tags, nil where they can be put on a resource.
func Check(tags []api.Tag) error {
	var f rule.Findings
	keys := map[string]bool{}
	for i, tag := range tags {
		field := fmt.Sprintf("tags[%d].key", i)
		if strings.HasPrefix(strings.ToLower(*tag.Key), "aws:") {
			f.InvalidValue(field, "must not begin with aws:, which is reserved")
		}
		if keys[*tag.Key] {
			f.Add(field, api.ValidationExceptionErrorCodeDuplicateKeyValue, "must be given once")
		}
		keys[*tag.Key] = true
	}
	return rule.Refuse(f.List)
}

// Put adds tags to a resource of the caller's, which may have only a limited number.
func Put(c *operation.Call, arn string, tags []api.Tag, most int) error {
	if len(tags) == 0 {
		return nil
	}
	if err := Check(tags); err != nil {
		return err
	}
	present, err := c.Tx.Tags(c.Caller.Account, arn)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	add := make([]store.Tag, len(tags))
	for i, tag := range tags {
		add[i] = store.Tag{Key: *tag.Key, Value: *tag.Value}
	}
	keys := map[string]bool{}
	for _, tag := range slices.Concat(present, add) {
		keys[tag.Key] = true
	}
	if len(keys) > most {
		return operation.Invalid(api.Violation("tags", api.ValidationExceptionErrorCodeTooManyValues,
			fmt.Sprintf("a resource has at most %d tags, this would make %d", most, len(keys))))
	}
	if err := c.Tx.PutTags(c.Caller.Account, arn, c.IDs.Sequence(), add); err != nil {
		return fmt.Errorf("write tags: %w", err)
	}
	return nil
}

// List returns the tags of a resource of the caller's, never nil.
func List(c *operation.Call, arn string) ([]api.Tag, error) {
	tags, err := c.Tx.Tags(c.Caller.Account, arn)
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	list := make([]api.Tag, len(tags))
	for i := range tags {
		list[i] = api.Tag{Key: &tags[i].Key, Value: &tags[i].Value}
	}
	return list, nil
}

// DeleteAll removes the tags of a resource of the caller's that is deleted.
func DeleteAll(c *operation.Call, arn string) error {
	tags, err := c.Tx.Tags(c.Caller.Account, arn)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	keys := make([]string, len(tags))
	for i, tag := range tags {
		keys[i] = tag.Key
	}
	if err := c.Tx.DeleteTags(c.Caller.Account, arn, keys); err != nil {
		return fmt.Errorf("delete tags: %w", err)
	}
	return nil
}
