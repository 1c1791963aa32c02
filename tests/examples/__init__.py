"""The examples, started as their READMEs say, in front of a real waiting room."""
