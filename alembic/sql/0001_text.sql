create extension if not exists unaccent;

-- Folded words, each after a blank, for searches by the beginnings of words. `unaccent` depends on a dictionary that
-- could be changed and so is not immutable by its own word; with the dictionary named, and never changed, it is.
-- What a letter is follows the database's LC_CTYPE: under "C" only those of ASCII are.
create function search_words(given text) returns text language sql immutable strict parallel safe as $$
    select ' ' || ltrim(regexp_replace(
        lower(public.unaccent('public.unaccent'::regdictionary, translate(given, '''`’´ʼ', ''))),
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$;
