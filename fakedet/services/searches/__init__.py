"""What the searches for experiments and for runs share: subjects, the columns that filters and sort strings name, the page."""
