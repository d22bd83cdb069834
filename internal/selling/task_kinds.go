package selling

// taskKinds are the convenience tasks by name.
var taskKinds = map[string]*taskKind{}

// taskStarters are the operations that start tasks.
var taskStarters = map[string]taskStarter{}
