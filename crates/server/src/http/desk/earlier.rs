//! Earlier episodes of this conversation and others of the same person, as far as the reader may see them.

use super::{View, wire};
use crate::problem::Problem;
use baton_core::conversation::Conversation;
use baton_core::event::{Answered, Body, Fact, Trigger};
use baton_core::ids::{ConversationId, InboxId, Ms, reference};
use baton_core::ownership::Holder;
use baton_core::settings::Settings;
use baton_engine::Opened;
use baton_kit::store::{Row, RowFilter};
use serde_json::{Value, json};

/// Episodes of this conversation that are told: the last ones.
const EPISODES: usize = 20;
/// Other conversations of the person that are looked at.
const OTHERS: usize = 20;

type Mark = (Option<Answered>, Option<u8>, Option<u8>);

/// One episode.
#[derive(Clone, Debug)]
struct Episode {
    number: u32,
    inbox: InboxId,
    opened: Ms,
    closed: Option<Ms>,
    disposition: Option<String>,
    trigger: Option<Trigger>,
    rated: Option<Mark>,
}

/// The episodes of a conversation, the newest among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Past(Vec<Episode>);

impl Past {
    /// Takes in the next event of a conversation.
    pub(super) fn take(&mut self, opened: &Opened) {
        let header = &opened.header;
        if let Fact::Opened(fact) = &header.fact {
            if self.0.len() > EPISODES {
                self.0.remove(0);
            }
            self.0.push(Episode {
                number: fact.episode,
                inbox: fact.inbox,
                opened: header.at,
                closed: None,
                disposition: None,
                trigger: None,
                rated: None,
            });
            return;
        }
        let Some(episode) = self.0.last_mut() else { return };
        match (&header.fact, &opened.body) {
            (Fact::HolderSet(fact), body) => {
                if let Holder::Nobody { closed } = fact.holder {
                    episode.closed = Some(closed);
                    episode.disposition = disposition(body.as_ref());
                }
            }
            (Fact::HandoverAsked(fact), _) => episode.trigger = Some(fact.trigger),
            (Fact::Rated(fact), _) => {
                let (answered, agent, bot) = episode.rated.unwrap_or_default();
                episode.rated = Some((fact.answered.or(answered), fact.agent.or(agent), fact.bot.or(bot)));
            }
            _ => {}
        }
    }
}

fn disposition(body: Option<&Body>) -> Option<String> {
    match body {
        Some(Body::Passing(passing)) => passing.disposition.clone(),
        _ => None,
    }
}

impl Episode {
    fn json(&self, of: ConversationId, settings: &Settings) -> Value {
        let inbox = settings.inboxes.get(&self.inbox).map_or("", |inbox| inbox.name.as_str());
        json!({
            "conversation": of,
            "reference": reference(of),
            "inbox": {"id": self.inbox, "name": inbox},
            "episode": self.number,
            "opened_at": self.opened,
            "closed_at": self.closed,
            "disposition": self.disposition,
            "trigger": self.trigger,
            "rating": self.rated.map(|(answered, agent, bot)| json!({"answered": answered, "agent": agent, "bot": bot})),
        })
    }
}

impl View {
    /// Everything earlier, the newest first.
    pub(super) async fn earlier(&self, state: &Conversation, past: &Past) -> Result<Value, Problem> {
        let settings = self.app.engine.settings();
        let own = past.0.iter().filter(|episode| episode.number != state.episode);
        let mut all: Vec<(ConversationId, Episode)> = own.map(|episode| (state.id, episode.clone())).collect();
        let filter =
            RowFilter { person: Some(state.person), newest_first: true, limit: OTHERS, ..RowFilter::default() };
        for row in self.app.engine.rows(&self.permit, filter).await? {
            if row.id != state.id && self.sees(&row).await? {
                all.push((row.id, self.newest(&row).await?));
            }
        }
        all.sort_by_key(|(_, episode)| std::cmp::Reverse(episode.opened));
        Ok(all.iter().map(|(of, episode)| episode.json(*of, &settings)).collect())
    }

    /// The newest episode of another conversation, from its row.
    async fn newest(&self, row: &Row) -> Result<Episode, Problem> {
        let data = wire::data(row)?;
        let closed = match data.holder {
            Holder::Nobody { closed } => Some(closed),
            _ => None,
        };
        let passed = match closed {
            Some(_) => self.open(row.id, data.seqs.passed).await?,
            None => None,
        };
        Ok(Episode {
            number: data.episode,
            inbox: data.inbox,
            opened: data.opened_at,
            closed,
            disposition: passed.and_then(|opened| disposition(opened.body.as_ref())),
            trigger: data.trigger,
            rated: data.rated,
        })
    }
}
