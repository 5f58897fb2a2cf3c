"""Tests of the importer of Movable Type."""
