package coselltest

// OperatorError sends a request to the operator API and returns the refusal.
func OperatorError(s *Server, method, path string, in any) error {
	return s.operator(method, path, in, nil)
}
