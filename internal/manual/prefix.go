package manual

// Prefix is the path of the pages on a server.
const Prefix = "/docs/"
