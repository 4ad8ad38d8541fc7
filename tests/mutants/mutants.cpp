#include "tests/mutants/mutants.hpp"

namespace hearth::mutants {

namespace {

std::vector<Mutant> hunted_with_drills() {
  return {
      {"acknowledge-before-sync", "P1", "directory-power",
       "the log-writer acknowledges what it has only taken"},
      {"acknowledge-the-next-batch", "P1", "directory-power",
       "a sync acknowledges what gathered meanwhile too"},
      {"acknowledge-a-failed-batch", "P1", "directory-disk-error",
       "a failed sync is taken for a good one"},
      {"answer-before-durable", "P1", "directory-power", "answers do not wait for their events"},
      {"skip-the-sync", "no error lines", "directory-power",
       "batches are written and never synced"},
      {"forget-the-projection", "steady state", "directory-power",
       "a change is not written to its row"},
      {"revoke-in-memory", "P1", "directory-power", "a revocation is never written"},
      {"rename-in-memory", "P1", "directory-power", "a new name of a device is never written"},
      {"rename-another-device", "P1", "directory-power",
       "a new name goes to the device that came first"},
      {"mark-ahead", "no error lines", "directory-power",
       "the mark of acknowledged batches is one too high"},
      {"refuse-a-torn-tail", "no error lines", "directory-power",
       "the log does not open after a torn write"},
      {"recover-without-flush", "P1", "directory-power",
       "what outlived a kill unsynced is taken for durable"},
      {"answers-cross-askers", "P2", "directory-leader",
       "a directory that passes commands on mixes up their answers"},
      {"give-away-twice", "steady state", "claims",
       "a group gives a device away that another account has"},
      {"free-a-claim-unasked", "P2", "claims",
       "a claim that nobody confirms is free again without a question"},
      {"never-settle-a-claim", "P2", "claims", "a claim that nobody confirms is never asked about"},
      {"keep-what-was-refused", "P2", "claims",
       "a claim that the account's group refuses holds all the same"},
      {"leak-a-credit", "P6", "crowd", "an answer does not give the credit back"},
      {"dial-once", "P6", "busy-links", "a connection that broke is not dialled again"},
      {"never-ask-again", "steady state", "revocation", "a home asks a question once that failed"},
      {"tell-all-homes-once", "P6", "busy-links",
       "a directory that starts again never hears of the homes"},
      {"back-off-without-bound", "P6", "long-outage", "pauses between dials double for ever"},
      {"resume-at-the-start", "P5", "streams",
       "a resumed stream is sent from the file's beginning"},
      {"take-a-short-read-for-a-full-one", "P5", "streams",
       "a short read is counted as a full one"},
      {"take-a-break-for-the-end", "P5", "streams", "a broken stream counts as complete"},
      {"reuse-a-stream-number", "P6", "streams", "every stream of a session has the same number"},
      {"forget-a-revocation", "P3", "revocation", "a home ignores lists that have got shorter"},
      {"use-a-code-again", "P3", "revocation", "a pairing code stays open when it was used"},
      {"search-past-the-share", "P13", "sharing", "a guest's search goes over the whole library"},
      {"stream-past-the-share", "P13", "sharing",
       "a guest gets the bytes of whatever it has the id of"},
      {"shares-never-expire", "P13", "sharing", "a home does not look when a share ends"},
      {"keep-a-guests-stream", "P13", "sharing", "a stream goes on when its share has ended"},
      {"drop-the-last-ticket", "P7", "no-directories",
       "a client throws its ticket away when a way to the home fails"},
      {"leave-tickets-to-others", "P7", "no-directories",
       "a home renews no tickets: directories do"},
      {"charge-twice", "P9", "relay-restarts", "bytes for clients are charged twice"},
      {"begin-a-new-bill", "P9", "relay-restarts",
       "a super-peer that starts again begins its bills anew"},
      {"skip-a-record", "P10", "streams", "a home that starts again skips a record of its log"},
      {"hash-without-what-was-there", "P10", "directory-leader",
       "the hash of a state keeps rows that were written over"},
      {"send-in-the-clear", "P4", "streams", "channels do not encrypt"},
  };
}

std::vector<Mutant> hunted_with_the_raft_swarm() {
  return {
      {"vote-twice-in-a-term", "Raft", raft_swarm, "a replica votes for whoever asks"},
      {"vote-again-for-a-transferee", "Raft", raft_swarm,
       "who is to take over gets a second vote in its term"},
      {"vote-before-the-sync", "Raft", raft_swarm, "a vote leaves before it is durable"},
      {"vote-for-an-old-log", "Raft", raft_swarm, "a candidate's log is not compared"},
      {"count-a-vote-twice", "Raft", raft_swarm, "a vote that comes twice counts twice"},
      {"count-learners", "Raft", raft_swarm, "learners are part of majorities"},
      {"commit-an-earlier-term-by-counting", "Raft", raft_swarm,
       "entries of an earlier term are committed once a majority has them"},
      {"acknowledge-what-is-not-stable", "Raft", raft_swarm,
       "a follower acknowledges before its sync"},
      {"believe-an-overtaken-write", "Raft", raft_swarm,
       "a finished write counts although a later one replaces what it wrote"},
      {"keep-the-log-before-a-snapshot", "Raft", raft_swarm,
       "an installed snapshot does not move the start of the log"},
      {"keep-a-truncated-change", "Raft", raft_swarm, "a change of members survives its entry"},
      {"change-before-the-commit", "Raft", raft_swarm,
       "a change of members begins before the last one is committed"},
      {"change-two-voters", "Raft", raft_swarm, "two voters change at once"},
      {"read-without-a-quorum", "Raft", raft_swarm,
       "a leader confirms reads without asking anybody"},
      {"decide-before-the-no-op", "Raft", raft_swarm,
       "a new leader decides on what it has applied so far"},
      {"lead-without-a-quorum", "Raft", raft_swarm,
       "a leader that nobody answers goes on deciding"},
  };
}

}  // namespace

const std::vector<Mutant>& all() {
  static const auto mutants = [] {
    auto both = hunted_with_drills();
    const auto raft = hunted_with_the_raft_swarm();
    both.insert(both.end(), raft.begin(), raft.end());
    return both;
  }();
  return mutants;
}

}  // namespace hearth::mutants
