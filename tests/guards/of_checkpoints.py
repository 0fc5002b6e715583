"""What guards that nothing is altered unseen: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

MAKING, KEEPING, VERIFYING = (f"services/checkpoints/{name}.py" for name in ("making", "keeping", "verifying"))
RECORDS = "domain/records.py"
ARCHIVE, READING, OWN, MANIFEST, ALONE = (
    f"services/proving/{name}.py" for name in ("archive", "reading", "own", "manifest", "verify")
)
IN_VERIFYING = "tests/services/checkpoints/test_verifying.py::test_"
IN_KEEPING = "tests/services/checkpoints/test_keeping.py::test_"
IN_BUNDLES = "tests/services/proving/test_bundles.py::test_"
IN_HOSTILE = "tests/services/proving/test_hostile_bundles.py::test_"
IN_CLAIMED = "tests/services/proving/test_claimed.py::test_"
IN_VOUCHED = "tests/services/proving/test_vouched.py::test_"
IN_PROOFS = "tests/services/proving/test_proofs.py::test_"

GUARDING = (
    Guarding("time of checkpoints never goes back", MAKING, "last.made + 1 if last is not None else 0", "0",
             f"{IN_KEEPING}time_never_goes_back[sqlite]"),
    Guarding("the first checkpoint of a new key is signed by the old one too", MAKING,
             "    return [keys[0], *(key for key in keys[1:] if key.verifiers[0].key_id in before)]\n",
             "    return keys[:1]\n",
             f"{IN_VERIFYING}a_new_key_signs_with_the_old_one_at_first_and_whoever_trusts_that_one_learns_of_it"),
    Guarding("a signature is covered at once", KEEPING, "        return bool(self._history.read(covered, 1, SIGNATURES))\n",
             "        return False\n",
             f"{IN_KEEPING}one_is_due_after_a_minute_ten_thousand_entries_a_signature_or_when_somebody_asks[sqlite]"),
    Guarding("an entry is compared with its leaf", VERIFYING, "        if other is None:\n", "        if False:\n",
             f"{IN_VERIFYING}an_altered_entry_is_named_by_its_index[0-flipped]"),
    Guarding("an entry before the first position is seen", VERIFYING, "        problems += _unread(census, comparing.tree.size)\n", "",
             f"{IN_VERIFYING}every_row_of_the_table_is_seen[changes0-an entry stands at position 0, before the first]"),
    Guarding("an entry that is none is none in every tree", VERIFYING, "        if none is None and NO_LEAF in made:\n",
             "        if False:\n", f"{IN_VERIFYING}an_entry_that_is_none_stays_none_when_the_tree_is_made_of_it"),
    Guarding("the id of a stream is written in one way", RECORDS, "                if stream.hex() != key:",
             "                if False:",
             f"{IN_VERIFYING}an_entry_that_was_changed_into_none_is_named_too[originator_id = UPPER(originator_id)]"),
    Guarding("checkpoints are signed by a key that one trusts", VERIFYING, "        if unsigned:  #", "        if False:  #",
             f"{IN_VERIFYING}a_key_that_nobody_announced_is_not_learned_of"),
    Guarding("a key is trusted only where a trusted one has signed that it takes its place", VERIFYING,
             "        if any(is_vouched_for(key, signed, one) for one in self._trusts) or (\n", "        if True or (\n",
             f"{IN_VOUCHED}a_key_is_trusted_only_where_the_former_has_signed_that_it_takes_its_place"),
    Guarding("a restore counts only where a trusted key has signed for it, and up to then", VERIFYING,
             "        return min(branch.at // 1_000_000, next((made for size, made in self._signed if size > branch.index), 0))\n",
             "        return branch.at // 1_000_000\n",
             f"{IN_VOUCHED}a_genuine_restore_is_believed_up_to_the_checkpoint_that_covers_it[4000000000000000]"),
    Guarding("a checkpoint may not be ahead of the store", VERIFYING, "        if ahead:\n", "        if False:\n",
             f"{IN_VERIFYING}what_was_cut_off_is_counted"),
    Guarding("a store of whoever makes other checkpoints agrees with none that was kept", VERIFYING,
             "        if one.is_kept or signed_at is not None:", "        if True:",
             f"{IN_VERIFYING}a_suffix_that_was_rewritten_with_its_tree_lies_between_checkpoints_that_were_handed_out"),
    Guarding("a proof is for who may see the entry", "services/proving/proofs.py",
             "    if entry is None or not Own(seen).has(entry):\n", "    if entry is None:\n",
             f"{IN_PROOFS}of_somebody_elses_entry_there_is_no_proof_as_of_none_that_exists"),
    Guarding("a party's bundle shows its own entries only", OWN,
             "        return not self.contracts.isdisjoint(about) or self._is_by_own(entry.topic, row.by)\n", "        return True\n",
             f"{IN_BUNDLES}of_a_party_it_shows_its_own_entries_only_and_proves_the_same_root"),
    Guarding("files of a bundle are stored as they are, in one way", ALONE,
             "        require(is_plain and is_stored and FILE.fullmatch(one.filename))\n",
             "        require(FILE.fullmatch(one.filename))\n",
             f"{IN_HOSTILE}each_harm_is_refused_in_words"),
    Guarding("no file of a bundle climbs out of it", ALONE, " and FILE.fullmatch(one.filename))\n", ")\n",
             f"{IN_BUNDLES}an_archive_that_was_made_to_harm_is_refused_before_it_is_read"),
    Guarding("entries of a bundle stand in their order", READING,
             "        if not (index < line.index < size and position < line.position < 1 << 63 and 0 < line.version < 1 << 63):\n",
             "        if False:\n", f"{IN_BUNDLES}entries_stand_in_their_order[entries in another order]"),
    Guarding("a name stands once in an entry", READING, '            if text.count(b":") != line.colons or b"\\\\u" in text:\n',
             "            if False:\n", f"{IN_HOSTILE}each_harm_is_refused_in_words"),
    Guarding("what is read of an entry is written in one way", READING,
             "        if written != (line.stream, line.salt, line.state) or len(salt) != SALT:\n", "        if False:\n",
             f"{IN_HOSTILE}each_harm_is_refused_in_words"),
    Guarding("entries that nobody could have stored are no accident", READING, "    except Exception:  # entries",
             "    except OSError:  # entries",
             f"{IN_HOSTILE}entries_that_nobody_could_have_stored_are_no_accident_of_the_program[states of another form]"),
    Guarding("a checkpoint is of bounded length", "domain/signed_notes.py", "        if length > LONGEST:\n", "        if False:\n",
             f"{IN_HOSTILE}notes_without_end_are_not_read"),
    Guarding("figures follow from the entries", READING,
             "        if name not in made.files or name not in bundle.names or bundle.read(name) != made.files[name]:\n",
             "        if name not in made.files or name not in bundle.names:\n",
             f"{IN_BUNDLES}t_4_a_forged_bundle_is_found_by_an_old_checkpoint_or_by_the_key"),
    Guarding("packs follow from the entries", "services/proving/contents.py",
             ", **_packs(Seeing(history, judge.database), seen)", "",
             f"{IN_BUNDLES}packs_are_those_that_were_signed_and_follow_from_what_is_shown"),
    Guarding("a bundle is read in one way", ALONE, "file.read(99) in (end, large + end) and ", "",
             f"{IN_HOSTILE}each_harm_is_refused_in_words"),
    Guarding("an archive is read alike by all", ARCHIVE,
             "            require_as_made(archive, file)  # the program for auditors reads archives in the same way\n", "",
             f"{IN_HOSTILE}each_harm_is_refused_in_words"),
    Guarding("what a manifest says is compared with what is there", MANIFEST, "        if not holds:\n", "        if False:\n",
             f"{IN_CLAIMED}what_a_manifest_says_wrongly_is_refused_by_all_three[root]"),
    Guarding("the program for auditors compares it too", ALONE,
             '            require(said == json.dumps(fact, sort_keys=True), "what the manifest says of {} is not so", one)\n', "",
             f"{IN_CLAIMED}what_a_manifest_says_wrongly_is_refused_by_all_three[root]"),
    Guarding("a contract that the manifest names is shown", MANIFEST,
             "    for contract in sorted(set(manifest.contracts) - there):\n", "    for contract in ():\n",
             f"{IN_CLAIMED}what_nothing_in_it_shows_is_said_to_be_its_word[contracts that are none]"),
    Guarding("no half bundle is left", ARCHIVE, "        begun.unlink(missing_ok=True)\n", "        pass\n",
             f"{IN_BUNDLES}no_half_file_is_left_when_the_disk_is_full"),
)  # fmt: skip
