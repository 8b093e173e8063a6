// Runs axe-core with every rule but those of level AAA and the withdrawn ones, and gives one line
// for each element at fault.
(async () => {
  const rules = axe
    .getRules()
    .filter((rule) => !rule.tags.includes("wcag2aaa") && !rule.tags.includes("deprecated"))
    .map((rule) => rule.ruleId);
  const found = await axe.run(document, { runOnly: { type: "rule", values: rules } });
  return found.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}: ${node.any.concat(node.all, node.none).map((check) => check.message).join("; ")}`,
    ),
  );
})()
