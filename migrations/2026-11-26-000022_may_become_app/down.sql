-- Code of before needs the grant as well.
SELECT 1;
