"""What a wording says in a language: CLDR, catalogues, sign-off; nothing unsafe leaves this folder."""
