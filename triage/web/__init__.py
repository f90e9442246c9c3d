"""The API and the pages: what people and scripts see; they decide nothing themselves."""
