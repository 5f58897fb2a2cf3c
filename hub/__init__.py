"""The core of the content hub: records, rules, and the application that wires everything."""
