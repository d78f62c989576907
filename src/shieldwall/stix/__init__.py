"""STIX 2.1: parse, validate, canonical bytes, observables, markings and the grouping into contributions."""
