// Decides requests by @cloud-copilot/iam-simulate: a line of JSON in, a verdict out. It is a
// process of its own, needed for development alone ("make policy-differential").
import { createInterface } from "node:readline";
import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";

const named = (policies) => policies.map((policy, i) => ({ name: `p${i}`, policy }));

function decide(c, identityPolicies, boundary) {
  return runUnsafeSimulation({
    request: {
      principal: c.principal, action: c.action, resource: { resource: c.resource, accountId: c.account }, contextVariables: c.context,
    },
    identityPolicies: named(identityPolicies), permissionBoundaryPolicies: boundary ? named([boundary]) : undefined,
    serviceControlPolicies: [], resourceControlPolicies: [],
  }, {});
}

// The library takes no session policies; each limits as a policy that must allow, too.
function verdict(c) {
  const all = [decide(c, c.identity, c.boundary)];
  if (c.session?.length) all.push(decide(c, c.session));
  if (all.includes("ExplicitlyDenied")) return "deny";
  return all.every((one) => one === "Allowed") ? "allow" : "implicit";
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = verdict(JSON.parse(line));
  } catch (e) {
    answer = `error ${String(e.message).replaceAll("\n", " ")}`;
  }
  process.stdout.write(answer + "\n");
}
