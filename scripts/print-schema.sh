#!/bin/sh
# Writes src/db/schema.rs anew from a database with all migrations; DATABASE_URL names it. Needs diesel_cli.
set -eu
cd "$(dirname "$0")/.."
diesel migration run >/dev/null
# No array here has elements that are NULL, which Diesel cannot know.
diesel print-schema | sed 's/Array<Nullable<Text>>/Array<Text>/' >src/db/schema.rs.new
mv src/db/schema.rs.new src/db/schema.rs
