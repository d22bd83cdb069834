package selling

// Works says whether an operation is answered.
func Works(operation string) bool {
	_, ok := handlers[operation]
	return ok
}
