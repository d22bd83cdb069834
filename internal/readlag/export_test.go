package readlag

// Kept returns how many states are kept.
func (s *Store) Kept() int { return int(s.kept.Load()) }
