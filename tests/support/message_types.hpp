#pragma once
// Every struct that has a codec, so that no test forgets one.

#include "messages/client/client_messages.hpp"
#include "messages/directory/claim_messages.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/directory/pairing_messages.hpp"
#include "messages/directory/share_messages.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/replication/member_messages.hpp"
#include "messages/replication/operator_messages.hpp"
#include "messages/replication/replication_messages.hpp"
#include "tests/support/type_list.hpp"

namespace hearth::test {

/// What has a `MessageKind` and travels in envelopes.
using Messages = TypeList<
    Accepted, directory::AppendEvent, directory::EventAppended, directory::FetchChain,
    directory::ChainPage, directory::RegisterHome, directory::HomeRegistered, directory::ListHomes,
    directory::HomesListed, directory::RequestTicket, directory::TicketIssued,
    directory::ReportPresence, directory::PresenceRelayed, directory::Forwarded,
    directory::OfferPairing, directory::PairingOffered, directory::ShowPairing,
    directory::PairingShown, directory::ReserveClaim, directory::FindClaim, directory::ClaimShown,
    directory::EndClaim, directory::SettleClaim, directory::ClaimSettled, directory::MayGoOn,
    directory::WrongGroup, directory::FindAccount, directory::AccountFound, directory::ShareNews,
    home::FindFolder, home::FolderFound, home::HandEvents, relay::AttachHome, relay::OpenTunnel,
    relay::OfferTunnel, relay::OrderDial, relay::PresentTicket, relay::OpenStream,
    relay::AcceptStream, home::DescribeHome, home::HomeDescribed, home::BrowseItems,
    home::SearchItems, home::ShowItem, home::ItemsPage, home::StartRescan, home::ShowScan,
    home::ScanShown, home::RenewTicket, home::StreamRequest, home::StreamHeader,
    replication::ReplicationFrame, replication::DescribeReplica, replication::ReplicaDescribed,
    replication::ChangeMembers, replication::MembersProposed>;

/// What log records and snapshots hold, and what is said on sockets of the same machine.
using Records =
    TypeList<directory::RecordedEvent, directory::AccountState, directory::PairingEvent,
             directory::PairingOffer, directory::ClaimEvent, directory::ClaimRefused,
             directory::GroupMap, directory::Share, directory::ShareEvent, relay::RelayEvent,
             home::CatalogueEvent, home::CatalogueSnapshot, home::TrustEvent, client::ClientEvent,
             replication::GroupEvents, replication::OperatorOrder, replication::OperatorAnswer>;

}  // namespace hearth::test
