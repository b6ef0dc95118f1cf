/* @generated from docs/openapi.json by `npm run api`. Change the document, not this file. */
export interface paths {
  "/chat/v1/inboxes/{slug}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What a page may know before a chat begins */
    get: operations["chatInbox"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Starts a conversation
     * @description 200: this start key was used before; it is the same conversation. The token is good for 30 days and for this conversation alone.
     */
    post: operations["chatStart"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How the chat stands */
    get: operations["chatState"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Events after a cursor */
    get: operations["chatEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/messages": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Says something
     * @description A client counts its messages from 1. A repeat of a counter is answered as the first time, with 200.
     */
    post: operations["chatSend"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/person": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Asks for a person */
    post: operations["chatAskPerson"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/withdraw": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Leaves the line, back to the bot */
    post: operations["chatWithdraw"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/message-left": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Leaves a message for people */
    post: operations["chatLeaveMessage"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/rating": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Rates the chat */
    post: operations["chatRate"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/reports": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Says that a bot's answer was wrong */
    post: operations["chatReport"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/identity": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Says who the customer is, by a token that the site has signed
     * @description A JWT (HS256) with sub, iat, exp (at most 24 h later) and name, mail, phone, variables if they are known; signed with the inbox's identity secret.
     */
    post: operations["chatIdentify"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/files": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Uploads a file, to be named in a message */
    post: operations["chatUpload"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/files/{blob}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The bytes of a file */
    get: operations["chatFile"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/transcript": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The chat to keep */
    get: operations["chatTranscript"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/typing": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The customer types; fleeting */
    post: operations["chatTyping"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/seen": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The customer saw everything up to here; fleeting */
    post: operations["chatSeen"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/conversation/stream": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The socket's frames as server-sent events, where sockets fail */
    get: operations["chatStream"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/chat/v1/socket": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The chat's WebSocket
     * @description Frames: ChatClientFrame and ChatServerFrame. The first is `hello`.
     */
    get: operations["chatSocket"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/openapi.json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** This document */
    get: operations["openapi"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/setup": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether nobody can log in yet */
    get: operations["setupNeeded"];
    put?: never;
    /** The first administrator, with the secret of the set-up link */
    post: operations["setUp"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/login": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Begins a log-in */
    post: operations["logIn"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/logout": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ends it */
    post: operations["logOut"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who I am */
    get: operations["me"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/presence": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Whether I take work */
    put: operations["setPresence"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/preferences": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What I have set for my own screen */
    get: operations["preferences"];
    /** Sets it, as a whole */
    put: operations["setPreferences"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/log": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who looked at my chats; my own presence */
    get: operations["myLog"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A list of conversations */
    get: operations["conversations"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One conversation with what stands beside it */
    get: operations["conversation"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Its log, downwards or upwards */
    get: operations["events"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/brief": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A brief to hand back with, proposed from what people wrote */
    get: operations["proposedBrief"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/messages": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Says something to the customer
     * @description Counted by client, as for customers: a repeat is answered as the first time, with 200.
     */
    post: operations["say"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/messages/{seq}/undo": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes back a held message */
    post: operations["undo"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/files": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Uploads a file, to be named in a message */
    post: operations["upload"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/files/{blob}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The bytes of a file */
    get: operations["file"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/notes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** A note for people */
    post: operations["note"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/typing": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The agent types; fleeting */
    post: operations["typing"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/accept": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Accepts an offer */
    post: operations["accept"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/decline": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Declines it */
    post: operations["decline"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/pick": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes it from a line by hand */
    post: operations["pick"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/take-over": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes it by right */
    post: operations["takeOver"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/join": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Joins as a guest */
    post: operations["join"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/leave": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stops being a guest */
    post: operations["leave"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/transfer": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Passes it on; a supervisor may pass on anybody's */
    post: operations["transfer"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/transfer/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes an offer to a colleague back */
    post: operations["cancelTransfer"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/hand-back": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Passes it back to the bot, with a brief */
    post: operations["handBack"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/close": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ends the episode */
    post: operations["close"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/reopen": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Opens a new episode, held by the caller */
    post: operations["reopen"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/snooze": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Puts it aside until then */
    post: operations["snooze"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/wake": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes it up again */
    post: operations["wake"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/tags": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Sets its tags */
    put: operations["setTags"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/customer": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Corrects what is known of the customer */
    put: operations["setCustomer"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/block": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The customer can write no more */
    post: operations["block"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/unblock": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The customer can write again */
    post: operations["unblock"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/messages/{seq}/reveal": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** What was taken out of a message; it stands in the audit */
    post: operations["reveal"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/customer/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Everything that is kept of the customer of a conversation; it stands in the audit */
    post: operations["exportCustomer"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/customer/erase": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Erases the customer of a conversation for good; it stands in the audit */
    post: operations["eraseCustomer"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/conversations/{id}/same-person": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The customer of another conversation is the same person */
    post: operations["samePerson"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/mentions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Notes that name me */
    get: operations["mentions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/mentions/{id}/read": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** I have read it */
    post: operations["readMention"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Finds conversations by what was said */
    get: operations["search"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/stream": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The desk's WebSocket
     * @description Frames: DeskClientFrame and DeskServerFrame. The first is `hello`, within 10 s.
     */
    get: operations["stream"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/board": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How things stand today */
    get: operations["board"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/handovers": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The handovers behind a figure of the board */
    get: operations["handovers"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/reports": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Bot answers that customers said were wrong */
    get: operations["reports"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/reports/{id}/accept": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The customer was right */
    post: operations["acceptReport"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/reports/{id}/reject": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The answer was right */
    post: operations["rejectReport"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/audit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What was done and looked at */
    get: operations["audit"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/directory": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whom and what there is to choose from */
    get: operations["directory"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/tags": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All tags */
    get: operations["tags"];
    put?: never;
    /** Makes a tag */
    post: operations["makeTag"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/tags/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Changes a tag */
    put: operations["setTag"];
    post?: never;
    /** Removes a tag */
    delete: operations["removeTag"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/replies": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All saved replies that I may use */
    get: operations["replies"];
    put?: never;
    /** Makes a saved reply */
    post: operations["makeReply"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/replies/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Changes a saved reply */
    put: operations["setReply"];
    post?: never;
    /** Removes a saved reply */
    delete: operations["removeReply"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/desk-settings": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What holds for every desk */
    get: operations["deskSettings"];
    /** Sets it */
    put: operations["setDeskSettings"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/inboxes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All inboxes */
    get: operations["inboxes"];
    put?: never;
    /** Makes an inbox */
    post: operations["makeInbox"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/inboxes/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: operations["inbox"];
    /** Changes an inbox */
    put: operations["setInbox"];
    post?: never;
    /** Removes an inbox */
    delete: operations["removeInbox"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/queues": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All queues */
    get: operations["queues"];
    put?: never;
    /** Makes a queue */
    post: operations["makeQueue"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/queues/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: operations["queue"];
    /** Changes a queue */
    put: operations["setQueue"];
    post?: never;
    /** Removes a queue */
    delete: operations["removeQueue"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/bots": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All bots */
    get: operations["bots"];
    put?: never;
    /** Makes a bot */
    post: operations["makeBot"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/bots/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: operations["bot"];
    /** Changes a bot */
    put: operations["setBot"];
    post?: never;
    /** Removes a bot */
    delete: operations["removeBot"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/targets": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All targets */
    get: operations["targets"];
    put?: never;
    /** Makes a target */
    post: operations["makeTarget"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/targets/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: operations["target"];
    /** Changes a target */
    put: operations["setTarget"];
    post?: never;
    /** Removes a target */
    delete: operations["removeTarget"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/agents": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All agents */
    get: operations["agents"];
    put?: never;
    /** Makes an account */
    post: operations["makeAgent"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/agents/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: operations["agent"];
    /** Changes an account */
    put: operations["setAgent"];
    post?: never;
    /** Removes an account */
    delete: operations["removeAgent"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/inboxes/{id}/retention/try": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** What a retention rule would erase now; nothing is changed */
    post: operations["tryRetention"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/retention": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How the retention rules stand */
    get: operations["retention"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/inboxes/{id}/identity-secret": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** A new secret to sign customers' tokens with, shown once; the old one stays good until the next */
    post: operations["rotateIdentitySecret"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/bots/{id}/try": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Asks a bot something; nothing is kept */
    post: operations["tryBot"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/keys": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All API keys, without their secret */
    get: operations["keys"];
    put?: never;
    /** Makes an API key, shown once */
    post: operations["makeKey"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/keys/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Removes one */
    delete: operations["removeKey"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/demo": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether there is made-up data */
    get: operations["demo"];
    put?: never;
    post?: never;
    /** Removes it for good */
    delete: operations["removeDemo"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /**
     * Format: uuid
     * @description A UUID.
     */
    Id: string;
    /** @description UTC milliseconds since 1970. */
    Ms: number;
    /** @description Opaque: where a reader stands. Give back what you were given. */
    Cursor: string;
    /** @description RFC 9457 problem details. Further members stand beside these where a code's page says so. */
    Problem: {
      /** @description The address of the page that explains the code. */
      type?: string;
      /** @description The code in words. */
      title: string;
      status?: number;
      /** @description What is wrong and what to do. */
      detail?: string;
      /** @description Stable; each has a page in docs/errors. */
      code: string;
      /** @description counter_gap: the counter that is accepted. */
      expected?: number;
      /** @description setup_link_used: when, if it is known. */
      used_at?: components["schemas"]["Ms"] | null;
      /** @description field_required, field_invalid: which field. */
      field?: string;
      /** @description rate_limited: which rate, by the name of its setting. */
      rate?: string;
      /** @description file_too_large: bytes at most. */
      limit?: number;
      /** @description Seconds until another try is worth it; with an answer the header `Retry-After` says the same. */
      retry_after?: number;
    } & {
      [key: string]: unknown;
    };
    Named: {
      id: components["schemas"]["Id"];
      name: string;
    };
    Choice: {
      label: string;
      value: string;
    };
    TextPart: {
      /** @constant */
      type: "text";
      text: string;
      markdown: boolean;
      language: string | null;
    };
    ChoicesPart: {
      /** @constant */
      type: "choices";
      choices: components["schemas"]["Choice"][];
    };
    CardPart: {
      /** @constant */
      type: "card";
      kind: string;
      json: unknown;
    };
    FilePart: {
      /** @constant */
      type: "file";
      blob: string;
      name: string;
      media_type: string;
      size: number;
    };
    FormPart: {
      /** @constant */
      type: "form";
      /** @description A `Form`; in old messages anything. */
      json: unknown;
    };
    FormAnswerPart: {
      /** @constant */
      type: "form_answer";
      /** @description Each field's key and value. */
      json: unknown;
      /** @description Keys of the fields that are secret: `[hidden: key]` stands in the place of their values. Left out: none. */
      secret?: string[];
    };
    Form: {
      title?: string | null;
      text?: string | null;
      fields: components["schemas"]["FormField"][];
    };
    FormField: {
      key: string;
      label: string;
      /**
       * @description `secret`: typed unseen; the value never stands in the transcript.
       * @enum {string}
       */
      kind: "text" | "mail" | "phone" | "select" | "area" | "secret";
      required?: boolean;
      options?: string[];
      /** @description A secret that is good for one time, as a code that was just sent. */
      one_time?: boolean;
    };
    LinkPart: {
      /** @constant */
      type: "link";
      url: string;
      title: string;
    };
    LocationPart: {
      /** @constant */
      type: "location";
      /** @description Degrees, as written. */
      lat: string;
      /** @description Degrees, as written. */
      lon: string;
      label: string;
    };
    EventPart: {
      /** @constant */
      type: "event";
      name: string;
      json: unknown;
    };
    UnknownPart: {
      /** @constant */
      type: "unknown";
      media_type: string;
      json: unknown;
    };
    /** @description A reader that does not know a type shows the message's `plain` instead. */
    Part:
      | components["schemas"]["TextPart"]
      | components["schemas"]["ChoicesPart"]
      | components["schemas"]["CardPart"]
      | components["schemas"]["FilePart"]
      | components["schemas"]["FormPart"]
      | components["schemas"]["FormAnswerPart"]
      | components["schemas"]["LinkPart"]
      | components["schemas"]["LocationPart"]
      | components["schemas"]["EventPart"]
      | components["schemas"]["UnknownPart"];
    Uploaded: {
      blob: string;
      name: string;
      media_type: string;
      size: number;
    };
    SendFile: {
      blob: string;
      text?: string;
    };
    /**
     * @description Whether the question is answered.
     * @enum {string}
     */
    Answered: "yes" | "partly" | "no";
    Mark: number;
    Rating: {
      answered: components["schemas"]["Answered"] | null;
      agent: components["schemas"]["Mark"] | null;
      bot: components["schemas"]["Mark"] | null;
    };
    /** @enum {string} */
    HolderKind: "bot" | "queue" | "later" | "agent" | "target" | "nobody";
    /** @enum {string} */
    NoticeAction: "wait" | "leave_message" | "stay_with_bot" | "rate" | "talk_to_person";
    Speaker: {
      /** @enum {string} */
      kind: "customer" | "bot" | "agent" | "target";
      name: string | null;
      human: boolean;
    };
    ChatMessage: {
      /** @constant */
      type: "message";
      /** @description From 1, without a gap. */
      position: number;
      at: components["schemas"]["Ms"];
      message: components["schemas"]["Id"];
      by: components["schemas"]["Speaker"];
      parts: components["schemas"]["Part"][];
      /** @description The whole in readable text. */
      plain: string;
      client?: components["schemas"]["Id"];
      counter?: number;
      reply_to?: number;
      /** @description It was cut when the chat passed on: this is what was seen. */
      interrupted?: boolean;
      /** @description The words are gone: `parts` and `plain` are empty. */
      erased?: boolean;
    };
    ChatNotice: {
      /** @constant */
      type: "notice";
      /** @description From 1, without a gap. */
      position: number;
      at: components["schemas"]["Ms"];
      code: string;
      language: string;
      /** @description To be shown as they are. */
      words: string;
      values: {
        [key: string]: unknown;
      };
      actions: components["schemas"]["NoticeAction"][];
      /** @description This notice ends the episode. */
      closed?: boolean;
    };
    ChatRated: {
      /** @constant */
      type: "rated";
      /** @description From 1, without a gap. */
      position: number;
      at: components["schemas"]["Ms"];
      answered: components["schemas"]["Answered"] | null;
      agent: components["schemas"]["Mark"] | null;
      bot: components["schemas"]["Mark"] | null;
    };
    /** @description An episode begins. That one has ended is told by a notice with `closed`. */
    ChatTurning: {
      /** @constant */
      type: "opened";
      /** @description From 1, without a gap. */
      position: number;
      at: components["schemas"]["Ms"];
      episode: number;
    };
    /** @description Holds a position and shows nothing. */
    ChatOther: {
      /** @constant */
      type: "other";
      /** @description From 1, without a gap. */
      position: number;
      at: components["schemas"]["Ms"];
    };
    ChatEvent:
      | components["schemas"]["ChatMessage"]
      | components["schemas"]["ChatEdited"]
      | components["schemas"]["ChatNotice"]
      | components["schemas"]["ChatRated"]
      | components["schemas"]["ChatTurning"]
      | components["schemas"]["ChatOther"];
    ChatCan: {
      write: boolean;
      ask_person: boolean;
      withdraw: boolean;
      leave_message: boolean;
      stay_with_bot: boolean;
      rate: boolean;
      upload: boolean;
      report: boolean;
      transcript: boolean;
    };
    ChatState: {
      conversation: components["schemas"]["Id"];
      inbox: string | null;
      episode: number;
      language: string;
      holder: {
        kind: components["schemas"]["HolderKind"];
        name: string | null;
        human: boolean;
      };
      place: number | null;
      handover: components["schemas"]["ChatHandover"] | null;
      reference: string | null;
      can: components["schemas"]["ChatCan"];
      rating: components["schemas"]["RatingDue"] | null;
      last_position: number;
      /** @description Positions of bot answers that this customer has reported. */
      reported: number[];
      blocked: boolean;
      customer: {
        name: string | null;
        known: boolean;
      };
    };
    ChatHandover: {
      id: components["schemas"]["Id"];
      /** @enum {string} */
      state: "waiting" | "offered" | "opening";
    };
    RatingDue: {
      agent_name: string | null;
      bot_name: string | null;
    };
    PreChatField: {
      key: string;
      label: string;
      /** @enum {string} */
      kind: "text" | "mail" | "phone" | "select" | "area";
      required: boolean;
      options?: string[];
    };
    /** @description How the widget of an inbox looks and what it offers. */
    Widget: {
      /** @description `#rrggbb`. */
      accent: string | null;
      /** @enum {string} */
      position: "end" | "start";
      title: string | null;
      /** @description First line before the chat. */
      opening: string | null;
      /** @description Texts of the house, by the key of the widget's catalogue. */
      texts: {
        [key: string]: string;
      };
      pre_chat: components["schemas"]["PreChatField"][];
      files: boolean;
      file_bytes: number;
      file_types: string[];
      transcript: boolean;
      sound: boolean;
      privacy_url: string | null;
      demo: boolean;
    };
    Inbox: {
      slug: string;
      name: string;
      bot_name: string | null;
      language: string;
      person_word: string;
      widget: components["schemas"]["Widget"];
    };
    Start: {
      /** @description The slug. */
      inbox: string;
      client: components["schemas"]["Id"];
      language?: string | null;
      name?: string | null;
      page?: string | null;
      /** @description The same key within seven days gives the same conversation. */
      key?: string | null;
      variables?: {
        [key: string]: unknown;
      };
      /** @description A token as `POST identity` takes it. */
      identity?: string | null;
      /** @description Answers to the pre-chat fields, by key. */
      fields?: {
        [key: string]: string;
      };
    };
    Started: {
      conversation: components["schemas"]["Id"];
      token: string;
      client: components["schemas"]["Id"];
      next_counter: number;
      cursor: components["schemas"]["Cursor"];
      state: components["schemas"]["ChatState"];
    };
    ChatEventPage: {
      events: components["schemas"]["ChatEvent"][];
      cursor: components["schemas"]["Cursor"];
      more: boolean;
    };
    /** @description Exactly one of `text`, `choice`, `file` and `form`. */
    ChatSend: {
      client: components["schemas"]["Id"];
      counter: number;
      text?: string;
      choice?: components["schemas"]["Choice"];
      file?: components["schemas"]["SendFile"];
      /** @description Each field's key and value, of the form that stands at `reply_to`. */
      form?: {
        [key: string]: string;
      };
      /** @description A position. */
      reply_to?: number;
    };
    ChatSent: {
      client: components["schemas"]["Id"];
      counter: number;
      position: number;
      at: components["schemas"]["Ms"];
      message: components["schemas"]["Id"];
    };
    PersonAnswer:
      | {
          /** @constant */
          kind: "queued";
          place?: number | null;
        }
      | {
          /** @constant */
          kind: "assigned";
          agent_name: string;
        }
      | {
          /** @constant */
          kind: "opening";
          target_name: string;
        }
      | {
          /** @constant */
          kind: "already";
          /** @enum {string} */
          where: "queue" | "agent" | "target";
        }
      | {
          /** @constant */
          kind: "refused";
          /** @enum {string} */
          reason: "closed_hours" | "no_capacity" | "no_skill" | "not_allowed" | "bounces_exhausted";
        };
    LeaveMessage: {
      text?: string | null;
      contact?: string | null;
      client?: components["schemas"]["Id"] | null;
      counter?: number | null;
    };
    MessageLeft: {
      reference: string;
      due: components["schemas"]["Ms"] | null;
    };
    Rate: {
      answered?: components["schemas"]["Answered"] | null;
      agent?: components["schemas"]["Mark"] | null;
      bot?: components["schemas"]["Mark"] | null;
      comment?: string | null;
    };
    ChatReport: {
      /** @description Of the bot's answer. */
      position: number;
      should_have_said?: string | null;
      comment?: string | null;
    };
    ChatClientFrame:
      | {
          /** @constant */
          type: "hello";
          token: string;
          after?: components["schemas"]["Cursor"] | null;
          client?: components["schemas"]["Id"] | null;
        }
      | {
          /** @constant */
          type: "send";
          client: components["schemas"]["Id"];
          counter: number;
          text?: string;
          choice?: components["schemas"]["Choice"];
          file?: components["schemas"]["SendFile"];
          reply_to?: number;
        }
      | {
          /** @constant */
          type: "typing";
          on: boolean;
        }
      | {
          /** @constant */
          type: "seen";
          position: number;
        }
      | {
          /** @constant */
          type: "ping";
        };
    ChatServerFrame:
      | {
          /** @constant */
          type: "welcome";
          state: components["schemas"]["ChatState"];
          cursor: components["schemas"]["Cursor"];
          next_counter?: number;
        }
      | {
          /** @constant */
          type: "event";
          event: components["schemas"]["ChatEvent"];
          cursor: components["schemas"]["Cursor"];
        }
      | {
          /** @constant */
          type: "state";
          state: components["schemas"]["ChatState"];
        }
      | {
          /** @constant */
          type: "typing";
          by: {
            /** @enum {string} */
            kind: "bot" | "agent" | "target";
            name: string | null;
          };
          on: boolean;
        }
      | {
          /** @constant */
          type: "place";
          place: number | null;
        }
      | {
          /** @constant */
          type: "ack";
          client: components["schemas"]["Id"];
          counter: number;
          position: number;
          at: components["schemas"]["Ms"];
          message: components["schemas"]["Id"];
        }
      | {
          /** @constant */
          type: "refused";
          client: components["schemas"]["Id"];
          counter: number;
          problem: components["schemas"]["Problem"];
        }
      | {
          /** @constant */
          type: "slow_down";
          seconds: number;
        }
      | {
          /** @constant */
          type: "pong";
        }
      | {
          /** @constant */
          type: "error";
          problem: components["schemas"]["Problem"];
        };
    /** @enum {string} */
    Role: "agent" | "supervisor" | "administrator";
    Me: {
      /** @description Null for an API key that acts for nobody. */
      agent: components["schemas"]["Id"] | null;
      name: string | null;
      mail: string | null;
      role: components["schemas"]["Role"];
      /** @description For the header `X-Baton-CSRF`; empty with an API key. */
      csrf: string;
      presence: {
        available: boolean;
        reachable: boolean;
        /** @enum {string} */
        by: "self" | "system";
      };
      capacity: number;
      load: number;
      queues: components["schemas"]["Id"][];
    };
    /** @enum {string} */
    List: "offered" | "mine" | "waiting" | "messages" | "bot" | "all" | "closed" | "snoozed" | "people";
    Counts: {
      offered: number;
      mine: number;
      waiting: number;
      messages: number;
      bot: number;
      snoozed: number;
      mentions: number;
      reports_new: number;
    };
    /** @enum {string} */
    Trigger:
      | "phrase"
      | "command"
      | "button"
      | "bot"
      | "abstained"
      | "bot_failed"
      | "take_over"
      | "transfer"
      | "agent_lost"
      | "target_failed"
      | "message_left"
      | "wait_over"
      | "no_bot"
      | "rule";
    /** @enum {string} */
    HandoverAnswer: "queued" | "assigned" | "opening" | "already" | "refused";
    /** @enum {string} */
    Outcome: "accepted" | "abandoned" | "withdrawn" | "redirected" | "refused" | "failed" | "expired";
    Offer: {
      id: components["schemas"]["Id"];
      to: components["schemas"]["Named"];
      giver: components["schemas"]["Named"] | null;
      due: components["schemas"]["Ms"];
      note: string | null;
    };
    RowHandover: {
      id: components["schemas"]["Id"];
      trigger: components["schemas"]["Trigger"];
      outcome: components["schemas"]["Outcome"] | null;
    };
    Promise: {
      due: components["schemas"]["Ms"];
      contact: string | null;
    };
    LastWord: {
      at: components["schemas"]["Ms"];
      /** @enum {string} */
      by: "customer" | "bot" | "agent" | "target" | "system";
      text: string;
    };
    /** @description A conversation in a list, as this reader sees it. */
    Row: {
      id: components["schemas"]["Id"];
      reference: string;
      inbox: components["schemas"]["Named"];
      customer: {
        name: string | null;
      };
      language: string;
      /** @enum {string} */
      state: "open" | "closed";
      holder: {
        kind: components["schemas"]["HolderKind"];
        id: components["schemas"]["Id"] | null;
        name: string | null;
      };
      baton: number;
      seq: number;
      opened_at: components["schemas"]["Ms"];
      /** @description Since when this holder has it. */
      since: components["schemas"]["Ms"];
      waiting_since: components["schemas"]["Ms"] | null;
      unanswered_since: components["schemas"]["Ms"] | null;
      place: number | null;
      priority: number;
      queue: components["schemas"]["Named"] | null;
      offer: components["schemas"]["Offer"] | null;
      handover: components["schemas"]["RowHandover"] | null;
      /** @description One sentence. */
      reason: string | null;
      later: components["schemas"]["Promise"] | null;
      last: components["schemas"]["LastWord"] | null;
      rating: components["schemas"]["Rating"] | null;
      tags: components["schemas"]["Id"][];
      snoozed_until: components["schemas"]["Ms"] | null;
      blocked: boolean;
      demo: boolean;
      erased?: components["schemas"]["Erased"] | null;
      mentions_me: boolean;
      /** @description The lists of this reader in which it stands. */
      lists: components["schemas"]["List"][];
    };
    /** @description What a bot must know when it gets a conversation back. */
    Brief: {
      settled: {
        fact: string;
        /** @description The position at which it was settled; 0: none. */
        turn: number;
      }[];
      promised: string[];
      do_not_ask: string[];
      note: string;
    };
    BriefInput: {
      settled?: {
        fact: string;
        turn: number;
      }[];
      promised?: string[];
      do_not_ask?: string[];
      note?: string;
    };
    Reason: {
      trigger: components["schemas"]["Trigger"];
      evidence: string[];
      from: string | null;
      at: components["schemas"]["Ms"];
      /** @description Positions of the words that asked. */
      turns: number[];
    };
    /** @enum {string} */
    DeskCan:
      | "reply"
      | "note"
      | "accept"
      | "decline"
      | "pick"
      | "take_over"
      | "transfer"
      | "hand_back"
      | "close"
      | "join"
      | "leave"
      | "undo"
      | "snooze"
      | "wake"
      | "tag"
      | "block"
      | "unblock"
      | "reopen"
      | "reassign"
      | "edit_customer"
      | "upload"
      | "reveal"
      | "export"
      | "erase";
    EarlierEpisode: {
      conversation: components["schemas"]["Id"];
      reference: string;
      inbox: components["schemas"]["Named"];
      episode: number;
      opened_at: components["schemas"]["Ms"];
      closed_at: components["schemas"]["Ms"] | null;
      disposition: string | null;
      trigger: components["schemas"]["Trigger"] | null;
      rating: components["schemas"]["Rating"] | null;
    };
    /** @description A turn of the bot in this episode. */
    Tried: {
      at: components["schemas"]["Ms"];
      question: string | null;
      answer: string | null;
      /** @description 0 to 1. */
      confidence: number | null;
    };
    Blocked: {
      reason: string;
      by: components["schemas"]["Named"] | null;
      at: components["schemas"]["Ms"];
    };
    Told: {
      words: string;
      at: components["schemas"]["Ms"];
      code: string;
    };
    /** @description One conversation with what stands beside it. Like a row, except that `reason`, `tags`, `blocked` and `customer` are told in full. */
    Detail: {
      id: components["schemas"]["Id"];
      reference: string;
      inbox: components["schemas"]["Named"];
      customer: {
        name: string | null;
        language: string;
        person_first: boolean;
        contact: string | null;
        known: boolean;
        id: components["schemas"]["Id"] | null;
      };
      language: string;
      /** @enum {string} */
      state: "open" | "closed";
      holder: {
        kind: components["schemas"]["HolderKind"];
        id: components["schemas"]["Id"] | null;
        name: string | null;
      };
      baton: number;
      seq: number;
      opened_at: components["schemas"]["Ms"];
      /** @description Since when this holder has it. */
      since: components["schemas"]["Ms"];
      waiting_since: components["schemas"]["Ms"] | null;
      unanswered_since: components["schemas"]["Ms"] | null;
      place: number | null;
      priority: number;
      queue: components["schemas"]["Named"] | null;
      offer: components["schemas"]["Offer"] | null;
      handover: components["schemas"]["RowHandover"] | null;
      reason: components["schemas"]["Reason"] | null;
      later: components["schemas"]["Promise"] | null;
      last: components["schemas"]["LastWord"] | null;
      rating: components["schemas"]["Rating"] | null;
      tags: components["schemas"]["Named"][];
      snoozed_until: components["schemas"]["Ms"] | null;
      blocked: components["schemas"]["Blocked"] | null;
      demo: boolean;
      mentions_me: boolean;
      /** @description The lists of this reader in which it stands. */
      lists: components["schemas"]["List"][];
      variables: {
        [key: string]: unknown;
      };
      brief: components["schemas"]["Brief"] | null;
      episodes: {
        episode: number;
        opened_at: components["schemas"]["Ms"];
        closed_at: components["schemas"]["Ms"] | null;
      }[];
      guests: components["schemas"]["Named"][];
      /** @description What the customer was told last. */
      told: components["schemas"]["Told"] | null;
      can: {
        reply: boolean;
        note: boolean;
        accept: boolean;
        decline: boolean;
        pick: boolean;
        take_over: boolean;
        transfer: boolean;
        hand_back: boolean;
        close: boolean;
        join: boolean;
        leave: boolean;
        undo: boolean;
        snooze: boolean;
        wake: boolean;
        tag: boolean;
        block: boolean;
        unblock: boolean;
        reopen: boolean;
        reassign: boolean;
        edit_customer: boolean;
        upload: boolean;
        /** @description See what was taken out of a message. */
        reveal?: boolean;
        /** @description Copy everything that is kept of the customer. */
        export?: boolean;
        /** @description Erase the customer. */
        erase?: boolean;
      };
      erased?: components["schemas"]["Erased"] | null;
      page: string | null;
      device: string | null;
      tried: components["schemas"]["Tried"][];
      /** @description Other episodes and conversations of this person that the reader may see. */
      earlier: components["schemas"]["EarlierEpisode"][];
      /** @description Messages of the reader that can still be undone. */
      held: {
        seq: number;
        until: components["schemas"]["Ms"];
      }[];
    };
    Actor: {
      /** @enum {string} */
      kind: "customer" | "bot" | "agent" | "target" | "system" | "integration";
      id: components["schemas"]["Id"] | null;
      name: string | null;
    };
    /** @enum {string} */
    Fate: "shown" | "withheld" | "held" | "draft" | "released" | "interrupted" | "note" | "whisper";
    /** @description The newest erasure of a conversation's words. */
    Erased: {
      at: components["schemas"]["Ms"];
      /**
       * @description The inbox's retention rule, or the erasure of the customer.
       * @enum {string}
       */
      by: "rule" | "customer";
      /** @description The rule's days. */
      days: number | null;
    };
    /** @description What an inbox does with what is personal. What is absent has its default. */
    Privacy: {
      /** @description What is taken out of texts before they are kept or passed on. */
      redaction?: {
        /** @description Numbers of payment cards; on unless switched off. */
        cards?: boolean;
        /** @description Bank accounts (IBAN); on unless switched off. */
        ibans?: boolean;
        patterns?: {
          /** @description Stands in square brackets in the place of what was found. */
          name: string;
          /** @description Without look-around and back-references. */
          regex: string;
        }[];
        /** @description Also of what people of the house write. */
        agents?: boolean;
        /** @description Also of what bots and outside desks write. */
        bots?: boolean;
        /** @description Keeps what was taken out of messages, sealed apart, for whoever may look at it. */
        reversible?: boolean;
      };
      retention?: components["schemas"]["Retention"];
    };
    /** @description How long words are kept; without a number for ever. */
    Retention: {
      /** @description Days after an episode closes until its texts and files are destroyed. */
      texts_days?: number;
      /** @description Days after a customer's last conversation closed until the customer is erased. */
      customers_days?: number;
    };
    DeskEvent: {
      /** @description From 1, without a gap. */
      seq: number;
      /** @description Null: the customer does not see it. */
      position: number | null;
      at: components["schemas"]["Ms"];
      /** @description A kind of event, e.g. `said`, `holder-set`, `told`. */
      kind: string;
      actor: components["schemas"]["Actor"];
      baton: number | null;
      fate: components["schemas"]["Fate"] | null;
      message: components["schemas"]["Id"] | null;
      parts: components["schemas"]["Part"][] | null;
      plain: string | null;
      client?: components["schemas"]["Id"];
      counter?: number;
      /**
       * @description Its words were erased.
       * @constant
       */
      erased?: true;
      /** @description So much was taken out of it and is kept for whoever may look at it. */
      taken_out?: number;
      facts: {
        [key: string]: unknown;
      };
      body: {
        [key: string]: unknown;
      } | null;
    };
    EventPage: {
      events: components["schemas"]["DeskEvent"][];
      first_seq: number;
      last_seq: number;
      more: boolean;
    };
    RowPage: {
      items: components["schemas"]["Row"][];
      cursor: components["schemas"]["Cursor"] | null;
      counts: components["schemas"]["Counts"];
      /** @description How many rows the whole list has; null for readers who do not see all chats. */
      total: number | null;
      /** @description With `list=waiting`: how long the customer waited to whom a person came last. */
      last_waited_ms?: number | null;
    };
    /** @description Exactly one of `text`, `file` and `form`. */
    Say: {
      client: components["schemas"]["Id"];
      counter: number;
      text?: string | null;
      file?: components["schemas"]["SendFile"] | null;
      form?: components["schemas"]["Form"] | null;
      /** @description The newest seq on the speaker's screen. */
      as_of?: number | null;
      reply_to?: number | null;
      /** @description Keep it back for some seconds, so that it can be undone. */
      hold?: boolean;
    };
    Said: {
      seq: number;
      position: number | null;
      at: components["schemas"]["Ms"];
      client: components["schemas"]["Id"];
      counter: number;
      message: components["schemas"]["Id"];
      /** @description Only of a held message. */
      held_until?: components["schemas"]["Ms"];
    };
    /** @description Both null: a repeat whose first answer was lost. */
    Noted: {
      seq: number | null;
      at: components["schemas"]["Ms"] | null;
    };
    TransferTo: {
      /** @enum {string} */
      kind: "agent" | "queue" | "bot" | "target";
      id: components["schemas"]["Id"];
    };
    /** @description A saved reply. */
    Reply: {
      id: components["schemas"]["Id"];
      version: number;
      /** @description What is typed after `/`. */
      shortcut: string;
      title: string;
      text: string;
      language: string | null;
      queue: components["schemas"]["Id"] | null;
      personal: boolean;
    };
    ReplyInput: {
      shortcut: string;
      title: string;
      text: string;
      language?: string | null;
      queue?: components["schemas"]["Id"] | null;
      personal?: boolean;
    };
    Tag: {
      id: components["schemas"]["Id"];
      version: number;
      name: string;
    };
    DeskSettings: {
      dispositions: string[];
      hold_seconds: number;
    };
    Directory: {
      agents: {
        id: components["schemas"]["Id"];
        name: string;
        available: boolean;
        reachable: boolean;
        load: number;
        capacity: number;
      }[];
      queues: {
        id: components["schemas"]["Id"];
        name: string;
        /** @enum {string} */
        kind: "live" | "later";
        open: boolean;
        waiting: number;
      }[];
      bots: components["schemas"]["Named"][];
      targets: components["schemas"]["Named"][];
      inboxes: {
        id: components["schemas"]["Id"];
        slug: string;
        name: string;
      }[];
      tags: components["schemas"]["Named"][];
      replies: components["schemas"]["Reply"][];
      dispositions: string[];
    };
    /** @description Kept as it is for this agent, at most 16 KB. The desk uses these members. */
    Preferences: {
      /** @description Action to key combination. */
      keys?: {
        [key: string]: string;
      };
      sounds?: {
        offer?: boolean;
        message?: boolean;
        mention?: boolean;
      } & {
        [key: string]: unknown;
      };
      desktop_notifications?: boolean;
      tour_done?: boolean;
      language?: string;
      density?: string;
    } & {
      [key: string]: unknown;
    };
    Mention: {
      id: components["schemas"]["Id"];
      conversation: components["schemas"]["Id"];
      reference: string;
      seq: number;
      at: components["schemas"]["Ms"];
      by: components["schemas"]["Named"] | null;
      text: string;
      read_at: components["schemas"]["Ms"] | null;
    };
    MentionPage: {
      items: components["schemas"]["Mention"][];
      cursor: components["schemas"]["Cursor"] | null;
      counts: {
        unread: number;
      };
    };
    BoardAgent: {
      id: components["schemas"]["Id"];
      name: string;
      available: boolean;
      reachable: boolean;
      load: number;
      capacity: number;
      since: components["schemas"]["Ms"] | null;
      /** @description Chats that they hold: the total of list=people&holder_id=ID&demo=none. */
      chats: number;
    };
    Alert: {
      /** @enum {string} */
      kind: "nobody_available" | "over_load";
      since: components["schemas"]["Ms"];
      queue: components["schemas"]["Named"] | null;
    };
    Board: {
      at: components["schemas"]["Ms"];
      /** @description 00:00 today in `time_zone`. */
      since: components["schemas"]["Ms"];
      time_zone: string;
      waiting: {
        count: number;
        longest_since: components["schemas"]["Ms"] | null;
      };
      messages: {
        count: number;
        due_next: components["schemas"]["Ms"] | null;
        overdue: number;
      };
      with_bot: number;
      with_people: number;
      agents: components["schemas"]["BoardAgent"][];
      handovers: {
        asked: number;
        open: number;
        by_trigger: {
          [key: string]: number;
        };
        by_answer: {
          [key: string]: number;
        };
        by_outcome: {
          [key: string]: number;
        };
      };
      alerts: components["schemas"]["Alert"][];
      /** @description What customers are told now if nobody is available. */
      customers_read: string | null;
      demo_excluded: boolean;
    };
    Handover: {
      handover: components["schemas"]["Id"];
      conversation: components["schemas"]["Id"];
      reference: string;
      inbox: components["schemas"]["Named"];
      asked_at: components["schemas"]["Ms"];
      trigger: components["schemas"]["Trigger"];
      answer: components["schemas"]["HandoverAnswer"] | null;
      outcome: components["schemas"]["Outcome"] | null;
      ended_at: components["schemas"]["Ms"] | null;
      waited_ms: number | null;
    };
    HandoverPage: {
      items: components["schemas"]["Handover"][];
      cursor: components["schemas"]["Cursor"] | null;
      total: number;
    };
    LogEntry: {
      at: components["schemas"]["Ms"];
      /** @enum {string} */
      kind: "looked" | "presence";
      by: components["schemas"]["Named"] | null;
      conversation: components["schemas"]["Id"] | null;
      reference: string | null;
      available?: boolean;
    };
    LogPage: {
      items: components["schemas"]["LogEntry"][];
      cursor: components["schemas"]["Cursor"] | null;
    };
    AuditEntry: {
      at: components["schemas"]["Ms"];
      kind: string;
      by: components["schemas"]["Named"] | null;
      conversation: components["schemas"]["Id"] | null;
      object: string | null;
      /** @description What the object is called now, or the chat's short name. */
      name: string | null;
      /** @description Whose data was `erased`, `exported` or `revealed`. */
      person?: components["schemas"]["Id"];
    };
    AuditPage: {
      items: components["schemas"]["AuditEntry"][];
      cursor: components["schemas"]["Cursor"] | null;
    };
    /** @enum {string} */
    ReportState: "new" | "accepted" | "rejected";
    Report: {
      id: components["schemas"]["Id"];
      conversation: components["schemas"]["Id"];
      reference: string;
      inbox: components["schemas"]["Named"];
      at: components["schemas"]["Ms"];
      state: components["schemas"]["ReportState"];
      question: components["schemas"]["ReportQuestion"] | null;
      answer: components["schemas"]["ReportAnswer"] | null;
      should_have_said: string | null;
      comment: string | null;
      judged: components["schemas"]["Judgement"] | null;
      /** @description Demo data: in the list, not in the counts. */
      demo: boolean;
    };
    ReportQuestion: {
      position: number;
      text: string;
    };
    ReportAnswer: {
      position: number;
      text: string;
      bot: string | null;
    };
    Judgement: {
      by: components["schemas"]["Named"] | null;
      at: components["schemas"]["Ms"];
      reason: string | null;
    };
    ReportPage: {
      items: components["schemas"]["Report"][];
      cursor: components["schemas"]["Cursor"] | null;
      counts: {
        new: number;
        accepted: number;
        rejected: number;
      };
    };
    Snippet: {
      text: string;
      hit: boolean;
    }[];
    SearchHit: {
      seq: number;
      at: components["schemas"]["Ms"];
      /** @enum {string} */
      by: "customer" | "bot" | "agent" | "target" | "system";
      snippet: components["schemas"]["Snippet"];
    };
    SearchResult: {
      row: components["schemas"]["Row"];
      hits: components["schemas"]["SearchHit"][];
    };
    SearchPage: {
      items: components["schemas"]["SearchResult"][];
      cursor: components["schemas"]["Cursor"] | null;
      total: number;
      total_exact: boolean;
      took_ms: number;
      /** @description Events that are not yet found. */
      behind: number;
      did_you_mean: components["schemas"]["DidYouMean"] | null;
    };
    DidYouMean: {
      word: string;
      count: number;
    };
    BotTry: {
      text: string;
      language?: string | null;
    };
    BotTried: {
      /** @enum {string} */
      outcome: "answered" | "silent" | "hand_over" | "failed";
      replies: components["schemas"]["Part"][];
      plain: string[];
      /** @description 0 to 1. */
      confidence: number | null;
      intent: string | null;
      reason: string | null;
      took_ms: number;
    };
    Demo: {
      present: boolean;
      conversations: number;
    };
    Destination:
      | {
          /** @constant */
          kind: "queue";
          id: components["schemas"]["Id"];
        }
      | {
          /** @constant */
          kind: "target";
          id: components["schemas"]["Id"];
        };
    Hours: {
      time_zone: string;
      week: {
        day: number;
        from: string;
        to: string;
      }[];
      closed_days?: string[];
    };
    InboxCard: {
      slug: string;
      name: string;
      bot?: components["schemas"]["Id"] | null;
      destination: components["schemas"]["Destination"];
      fallback?: components["schemas"]["Id"] | null;
      queues?: components["schemas"]["Id"][];
      later?: components["schemas"]["Id"] | null;
      language?: string;
      /** @enum {string} */
      reopen?: "bot" | "people";
      time_zone?: string;
    };
    QueueCard: {
      name: string;
      /** @enum {string} */
      line: "live" | "later";
      priority?: number;
      hours?: components["schemas"]["Hours"] | null;
      most_waiting?: number;
      agents?: components["schemas"]["Id"][];
    };
    BotCard: {
      name: string;
      role: {
        /** @constant */
        kind: "bot";
        limit?: number;
        greets?: boolean;
        takes_brief?: boolean;
      };
    };
    TargetCard: {
      name: string;
      opening?: number;
      role?: {
        /** @constant */
        kind: "target";
        /** @enum {string} */
        history: "full" | "summary" | "none";
        says_human?: boolean;
        tells_place?: boolean;
        opening?: number;
      };
    };
    BotPlugin:
      | {
          /** @constant */
          kind: "builtin";
          knowledge?: string;
          file?: string;
        }
      | {
          /** @constant */
          kind: "http";
          url: string;
          /** @description Reads `set`; sending `set` keeps it. */
          secret?: string;
          limit_ms?: number;
          allow_private?: boolean;
        };
    TargetPlugin: {
      /** @constant */
      kind: "http";
      url: string;
      /** @description Reads `set`; sending `set` keeps it. */
      secret?: string;
      allow_private?: boolean;
      can?: {
        /** @enum {string} */
        history?: "full" | "summary" | "none";
        says_human?: boolean;
        tells_place?: boolean;
        polls?: boolean;
      };
    };
    WidgetSettings: {
      /** @description `#rrggbb`. */
      accent: string | null;
      /** @enum {string} */
      position: "end" | "start";
      title: string | null;
      /** @description First line before the chat. */
      opening: string | null;
      /** @description Texts of the house, by the key of the widget's catalogue. */
      texts: {
        [key: string]: string;
      };
      pre_chat: components["schemas"]["PreChatField"][];
      files: boolean;
      file_bytes: number;
      file_types: string[];
      transcript: boolean;
      sound: boolean;
      privacy_url: string | null;
    };
    WidgetSettingsInput: {
      /** @description `#rrggbb`. */
      accent?: string | null;
      /** @enum {string} */
      position?: "end" | "start";
      title?: string | null;
      /** @description First line before the chat. */
      opening?: string | null;
      /** @description Texts of the house, by the key of the widget's catalogue. */
      texts?: {
        [key: string]: string;
      };
      pre_chat?: components["schemas"]["PreChatField"][];
      files?: boolean;
      file_bytes?: number;
      file_types?: string[];
      transcript?: boolean;
      sound?: boolean;
      privacy_url?: string | null;
    };
    InboxSettings: {
      id: components["schemas"]["Id"];
      version: number;
      demo?: boolean;
      card: components["schemas"]["InboxCard"];
      widget: components["schemas"]["WidgetSettings"];
      identity: {
        set: boolean;
        second: boolean;
      };
      privacy?: components["schemas"]["Privacy"];
    };
    InboxSettingsInput: {
      card: components["schemas"]["InboxCard"];
      widget?: components["schemas"]["WidgetSettingsInput"];
      privacy?: components["schemas"]["Privacy"] | null;
    };
    QueueSettings: {
      id: components["schemas"]["Id"];
      version: number;
      demo?: boolean;
      card: components["schemas"]["QueueCard"];
    };
    QueueSettingsInput: {
      card: components["schemas"]["QueueCard"];
    };
    BotSettings: {
      id: components["schemas"]["Id"];
      version: number;
      demo?: boolean;
      card: components["schemas"]["BotCard"];
      plugin: components["schemas"]["BotPlugin"];
    };
    BotSettingsInput: {
      card: components["schemas"]["BotCard"];
      plugin: components["schemas"]["BotPlugin"];
    };
    TargetSettings: {
      id: components["schemas"]["Id"];
      version: number;
      demo?: boolean;
      card: components["schemas"]["TargetCard"];
      plugin: components["schemas"]["TargetPlugin"];
    };
    TargetSettingsInput: {
      card: components["schemas"]["TargetCard"];
      plugin: components["schemas"]["TargetPlugin"];
    };
    Account: {
      id: components["schemas"]["Id"];
      version: number;
      name: string;
      role: components["schemas"]["Role"];
      capacity: number;
      active: boolean;
      mail: string;
      time_zone: string;
      language: string;
      can_log_in: boolean;
      demo: boolean;
    };
    AccountInput: {
      name: string;
      role: components["schemas"]["Role"];
      capacity?: number | null;
      active?: boolean | null;
      mail?: string | null;
      passphrase?: string | null;
      time_zone?: string | null;
      language?: string | null;
    };
    Key: {
      id: components["schemas"]["Id"];
      name: string;
      rank: components["schemas"]["Role"];
    };
    Viewer: {
      id: components["schemas"]["Id"];
      name: string;
      writing: boolean;
    };
    DeskClientFrame:
      | {
          /** @constant */
          type: "hello";
          csrf?: string | null;
          key?: string | null;
          agent?: components["schemas"]["Id"] | null;
          after?: components["schemas"]["Cursor"] | null;
        }
      | {
          /** @constant */
          type: "watch";
          conversation: components["schemas"]["Id"];
          after?: number;
        }
      | {
          /** @constant */
          type: "unwatch";
          conversation: components["schemas"]["Id"];
        }
      | {
          /** @constant */
          type: "typing";
          conversation: components["schemas"]["Id"];
          on: boolean;
        }
      | {
          /** @constant */
          type: "board";
          on: boolean;
        }
      | {
          /** @constant */
          type: "activity";
        }
      | {
          /** @constant */
          type: "ping";
        };
    DeskServerFrame:
      | {
          /** @constant */
          type: "welcome";
          me: components["schemas"]["Me"];
          cursor: components["schemas"]["Cursor"];
          snapshot: components["schemas"]["Row"][] | null;
          counts: components["schemas"]["Counts"];
        }
      | {
          /** @constant */
          type: "row";
          row: components["schemas"]["Row"];
          counts: components["schemas"]["Counts"];
          cursor: components["schemas"]["Cursor"];
        }
      | {
          /** @constant */
          type: "counts";
          counts: components["schemas"]["Counts"];
        }
      | {
          /** @constant */
          type: "event";
          conversation: components["schemas"]["Id"];
          event: components["schemas"]["DeskEvent"];
        }
      | {
          /** @constant */
          type: "typing";
          conversation: components["schemas"]["Id"];
          by: {
            /** @enum {string} */
            kind: "customer" | "bot" | "agent" | "target";
            name: string | null;
          };
          on: boolean;
        }
      | {
          /** @constant */
          type: "seen";
          conversation: components["schemas"]["Id"];
          position: number;
        }
      | {
          /** @constant */
          type: "viewing";
          conversation: components["schemas"]["Id"];
          agents: components["schemas"]["Viewer"][];
        }
      | {
          /** @constant */
          type: "me";
          me: components["schemas"]["Me"];
        }
      | {
          /** @constant */
          type: "board";
          board: components["schemas"]["Board"];
        }
      | {
          /** @constant */
          type: "alert";
          alert: components["schemas"]["Alert"];
          on: boolean;
        }
      | {
          /** @constant */
          type: "house";
          /** @description The disk is full: everything can be read, and nothing new is kept. */
          storage_full: boolean;
        }
      | {
          /** @constant */
          type: "slow_down";
          seconds: number;
        }
      | {
          /** @constant */
          type: "pong";
        }
      | {
          /** @constant */
          type: "error";
          problem: components["schemas"]["Problem"];
          conversation?: components["schemas"]["Id"];
        };
    Empty: Record<string, never>;
    /** @description The conversation as it is now; `{}` if it is no longer this reader's. */
    DetailOrNone: components["schemas"]["Detail"] | components["schemas"]["Empty"];
    /** @description New words for a message; they stand where the old ones stood. */
    ChatEdited: {
      /** @constant */
      type: "edited";
      /** @description From 1, without a gap. */
      position: number;
      at: components["schemas"]["Ms"];
      message: components["schemas"]["Id"];
      old: components["schemas"]["Id"];
      parts: components["schemas"]["Part"][];
      /** @description The whole in readable text. */
      plain: string;
    };
  };
  responses: {
    /** @description The request cannot be read: `malformed`, `cursor_malformed`. */
    BadRequest: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Who asks is not known. */
    Unauthorized: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description It may not be done, or bears no `X-Baton-CSRF`. */
    Forbidden: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description There is no such thing. */
    NotFound: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description It cannot be done as things stand. */
    Conflict: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description It was there and is no more. */
    Gone: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Too large: `body_too_large`, `file_too_large`. */
    TooLarge: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description A file of this type is not taken. */
    UnsupportedMedia: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description It can be read and is wrong. */
    Unprocessable: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Too much at once; see `Retry-After`. */
    TooMany: {
      headers: {
        /** @description Seconds. */
        "Retry-After"?: number;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description A defect. It was logged. */
    Internal: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Nothing was changed; try again: `busy`. */
    Busy: {
      headers: {
        /** @description Seconds. */
        "Retry-After"?: number;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Nothing can be kept just now: `storage_full`. */
    Full: {
      headers: {
        /** @description Seconds. */
        "Retry-After"?: number;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
  };
  parameters: {
    /** @description From the page before; absent: the first page. */
    Cursor: components["schemas"]["Cursor"];
    Limit: number;
    /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
    IdempotencyKey: string;
    /** @description With an API key: act as this agent. */
    BatonAgent: components["schemas"]["Id"];
  };
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type Id = components["schemas"]["Id"];
export type Ms = components["schemas"]["Ms"];
export type Cursor = components["schemas"]["Cursor"];
export type Problem = components["schemas"]["Problem"];
export type Named = components["schemas"]["Named"];
export type Choice = components["schemas"]["Choice"];
export type TextPart = components["schemas"]["TextPart"];
export type ChoicesPart = components["schemas"]["ChoicesPart"];
export type CardPart = components["schemas"]["CardPart"];
export type FilePart = components["schemas"]["FilePart"];
export type FormPart = components["schemas"]["FormPart"];
export type FormAnswerPart = components["schemas"]["FormAnswerPart"];
export type Form = components["schemas"]["Form"];
export type FormField = components["schemas"]["FormField"];
export type LinkPart = components["schemas"]["LinkPart"];
export type LocationPart = components["schemas"]["LocationPart"];
export type EventPart = components["schemas"]["EventPart"];
export type UnknownPart = components["schemas"]["UnknownPart"];
export type Part = components["schemas"]["Part"];
export type Uploaded = components["schemas"]["Uploaded"];
export type SendFile = components["schemas"]["SendFile"];
export type Answered = components["schemas"]["Answered"];
export type Mark = components["schemas"]["Mark"];
export type Rating = components["schemas"]["Rating"];
export type HolderKind = components["schemas"]["HolderKind"];
export type NoticeAction = components["schemas"]["NoticeAction"];
export type Speaker = components["schemas"]["Speaker"];
export type ChatMessage = components["schemas"]["ChatMessage"];
export type ChatNotice = components["schemas"]["ChatNotice"];
export type ChatRated = components["schemas"]["ChatRated"];
export type ChatTurning = components["schemas"]["ChatTurning"];
export type ChatOther = components["schemas"]["ChatOther"];
export type ChatEvent = components["schemas"]["ChatEvent"];
export type ChatCan = components["schemas"]["ChatCan"];
export type ChatState = components["schemas"]["ChatState"];
export type ChatHandover = components["schemas"]["ChatHandover"];
export type RatingDue = components["schemas"]["RatingDue"];
export type PreChatField = components["schemas"]["PreChatField"];
export type Widget = components["schemas"]["Widget"];
export type Inbox = components["schemas"]["Inbox"];
export type Start = components["schemas"]["Start"];
export type Started = components["schemas"]["Started"];
export type ChatEventPage = components["schemas"]["ChatEventPage"];
export type ChatSend = components["schemas"]["ChatSend"];
export type ChatSent = components["schemas"]["ChatSent"];
export type PersonAnswer = components["schemas"]["PersonAnswer"];
export type LeaveMessage = components["schemas"]["LeaveMessage"];
export type MessageLeft = components["schemas"]["MessageLeft"];
export type Rate = components["schemas"]["Rate"];
export type ChatReport = components["schemas"]["ChatReport"];
export type ChatClientFrame = components["schemas"]["ChatClientFrame"];
export type ChatServerFrame = components["schemas"]["ChatServerFrame"];
export type Role = components["schemas"]["Role"];
export type Me = components["schemas"]["Me"];
export type List = components["schemas"]["List"];
export type Counts = components["schemas"]["Counts"];
export type Trigger = components["schemas"]["Trigger"];
export type HandoverAnswer = components["schemas"]["HandoverAnswer"];
export type Outcome = components["schemas"]["Outcome"];
export type Offer = components["schemas"]["Offer"];
export type RowHandover = components["schemas"]["RowHandover"];
export type Promise = components["schemas"]["Promise"];
export type LastWord = components["schemas"]["LastWord"];
export type Row = components["schemas"]["Row"];
export type Brief = components["schemas"]["Brief"];
export type BriefInput = components["schemas"]["BriefInput"];
export type Reason = components["schemas"]["Reason"];
export type DeskCan = components["schemas"]["DeskCan"];
export type EarlierEpisode = components["schemas"]["EarlierEpisode"];
export type Tried = components["schemas"]["Tried"];
export type Blocked = components["schemas"]["Blocked"];
export type Told = components["schemas"]["Told"];
export type Detail = components["schemas"]["Detail"];
export type Actor = components["schemas"]["Actor"];
export type Fate = components["schemas"]["Fate"];
export type Erased = components["schemas"]["Erased"];
export type Privacy = components["schemas"]["Privacy"];
export type Retention = components["schemas"]["Retention"];
export type DeskEvent = components["schemas"]["DeskEvent"];
export type EventPage = components["schemas"]["EventPage"];
export type RowPage = components["schemas"]["RowPage"];
export type Say = components["schemas"]["Say"];
export type Said = components["schemas"]["Said"];
export type Noted = components["schemas"]["Noted"];
export type TransferTo = components["schemas"]["TransferTo"];
export type Reply = components["schemas"]["Reply"];
export type ReplyInput = components["schemas"]["ReplyInput"];
export type Tag = components["schemas"]["Tag"];
export type DeskSettings = components["schemas"]["DeskSettings"];
export type Directory = components["schemas"]["Directory"];
export type Preferences = components["schemas"]["Preferences"];
export type Mention = components["schemas"]["Mention"];
export type MentionPage = components["schemas"]["MentionPage"];
export type BoardAgent = components["schemas"]["BoardAgent"];
export type Alert = components["schemas"]["Alert"];
export type Board = components["schemas"]["Board"];
export type Handover = components["schemas"]["Handover"];
export type HandoverPage = components["schemas"]["HandoverPage"];
export type LogEntry = components["schemas"]["LogEntry"];
export type LogPage = components["schemas"]["LogPage"];
export type AuditEntry = components["schemas"]["AuditEntry"];
export type AuditPage = components["schemas"]["AuditPage"];
export type ReportState = components["schemas"]["ReportState"];
export type Report = components["schemas"]["Report"];
export type ReportQuestion = components["schemas"]["ReportQuestion"];
export type ReportAnswer = components["schemas"]["ReportAnswer"];
export type Judgement = components["schemas"]["Judgement"];
export type ReportPage = components["schemas"]["ReportPage"];
export type Snippet = components["schemas"]["Snippet"];
export type SearchHit = components["schemas"]["SearchHit"];
export type SearchResult = components["schemas"]["SearchResult"];
export type SearchPage = components["schemas"]["SearchPage"];
export type DidYouMean = components["schemas"]["DidYouMean"];
export type BotTry = components["schemas"]["BotTry"];
export type BotTried = components["schemas"]["BotTried"];
export type Demo = components["schemas"]["Demo"];
export type Destination = components["schemas"]["Destination"];
export type Hours = components["schemas"]["Hours"];
export type InboxCard = components["schemas"]["InboxCard"];
export type QueueCard = components["schemas"]["QueueCard"];
export type BotCard = components["schemas"]["BotCard"];
export type TargetCard = components["schemas"]["TargetCard"];
export type BotPlugin = components["schemas"]["BotPlugin"];
export type TargetPlugin = components["schemas"]["TargetPlugin"];
export type WidgetSettings = components["schemas"]["WidgetSettings"];
export type WidgetSettingsInput = components["schemas"]["WidgetSettingsInput"];
export type InboxSettings = components["schemas"]["InboxSettings"];
export type InboxSettingsInput = components["schemas"]["InboxSettingsInput"];
export type QueueSettings = components["schemas"]["QueueSettings"];
export type QueueSettingsInput = components["schemas"]["QueueSettingsInput"];
export type BotSettings = components["schemas"]["BotSettings"];
export type BotSettingsInput = components["schemas"]["BotSettingsInput"];
export type TargetSettings = components["schemas"]["TargetSettings"];
export type TargetSettingsInput = components["schemas"]["TargetSettingsInput"];
export type Account = components["schemas"]["Account"];
export type AccountInput = components["schemas"]["AccountInput"];
export type Key = components["schemas"]["Key"];
export type Viewer = components["schemas"]["Viewer"];
export type DeskClientFrame = components["schemas"]["DeskClientFrame"];
export type DeskServerFrame = components["schemas"]["DeskServerFrame"];
export type Empty = components["schemas"]["Empty"];
export type DetailOrNone = components["schemas"]["DetailOrNone"];
export type ChatEdited = components["schemas"]["ChatEdited"];
export type ResponseBadRequest = components["responses"]["BadRequest"];
export type ResponseUnauthorized = components["responses"]["Unauthorized"];
export type ResponseForbidden = components["responses"]["Forbidden"];
export type ResponseNotFound = components["responses"]["NotFound"];
export type ResponseConflict = components["responses"]["Conflict"];
export type ResponseGone = components["responses"]["Gone"];
export type ResponseTooLarge = components["responses"]["TooLarge"];
export type ResponseUnsupportedMedia = components["responses"]["UnsupportedMedia"];
export type ResponseUnprocessable = components["responses"]["Unprocessable"];
export type ResponseTooMany = components["responses"]["TooMany"];
export type ResponseInternal = components["responses"]["Internal"];
export type ResponseBusy = components["responses"]["Busy"];
export type ResponseFull = components["responses"]["Full"];
export type ParameterCursor = components["parameters"]["Cursor"];
export type ParameterLimit = components["parameters"]["Limit"];
export type ParameterIdempotencyKey = components["parameters"]["IdempotencyKey"];
export type ParameterBatonAgent = components["parameters"]["BatonAgent"];
export type $defs = Record<string, never>;
export interface operations {
  chatInbox: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        slug: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Inbox"];
        };
      };
      400: components["responses"]["BadRequest"];
      404: components["responses"]["NotFound"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  chatStart: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Start"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Started"];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Started"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatState: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ChatState"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  chatEvents: {
    parameters: {
      query?: {
        /** @description Absent: from the start. */
        after?: components["schemas"]["Cursor"];
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ChatEventPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      404: components["responses"]["NotFound"];
      410: components["responses"]["Gone"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  chatSend: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChatSend"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ChatSent"];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ChatSent"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatAskPerson: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            answer: components["schemas"]["PersonAnswer"];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatWithdraw: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Empty"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatLeaveMessage: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["LeaveMessage"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MessageLeft"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatRate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Rate"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Empty"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatReport: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChatReport"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            report: components["schemas"]["Id"];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatIdentify: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          token: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ChatState"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatUpload: {
    parameters: {
      query: {
        /** @description File name. */
        name: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** @description The file's bytes; `Content-Type` says what they are. */
    requestBody: {
      content: {
        "*/*": string;
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Uploaded"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      415: components["responses"]["UnsupportedMedia"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatFile: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        blob: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "*/*": string;
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  chatTranscript: {
    parameters: {
      query?: {
        format?: "txt" | "html";
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/plain": string;
          "text/html": string;
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  chatTyping: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          on: boolean;
        };
      };
    };
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatSeen: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          position: number;
        };
      };
    };
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  chatStream: {
    parameters: {
      query?: {
        after?: components["schemas"]["Cursor"];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": string;
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      404: components["responses"]["NotFound"];
      410: components["responses"]["Gone"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  chatSocket: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A WebSocket; see `x-frames`. */
      101: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  openapi: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            [key: string]: unknown;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setupNeeded: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            needed: boolean;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setUp: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          secret: string;
          name: string;
          mail: string;
          passphrase: string;
          time_zone?: string;
          language?: string;
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      400: components["responses"]["BadRequest"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      410: components["responses"]["Gone"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  logIn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          mail: string;
          passphrase: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  logOut: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  me: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setPresence: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          available: boolean;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  preferences: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Preferences"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setPreferences: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Preferences"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Preferences"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  myLog: {
    parameters: {
      query?: {
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
        limit?: components["parameters"]["Limit"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LogPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  conversations: {
    parameters: {
      query?: {
        list?: components["schemas"]["List"];
        inbox?: components["schemas"]["Id"];
        queue?: components["schemas"]["Id"];
        tag?: components["schemas"]["Id"];
        holder_id?: components["schemas"]["Id"];
        person?: components["schemas"]["Id"];
        demo?: "only" | "none";
        /** @description Promises whose time has passed. */
        overdue?: boolean;
        reference?: string;
        limit?: components["parameters"]["Limit"];
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RowPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  conversation: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Detail"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  events: {
    parameters: {
      query?: {
        /** @description Events after this seq. */
        after?: number;
        /** @description Events before this seq; neither: the newest. */
        before?: number;
        limit?: number;
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["EventPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  proposedBrief: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Brief"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  say: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Say"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Said"];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Said"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  undo: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
        seq: number;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            undone: boolean;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  upload: {
    parameters: {
      query: {
        /** @description File name. */
        name: string;
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    /** @description The file's bytes; `Content-Type` says what they are. */
    requestBody: {
      content: {
        "*/*": string;
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Uploaded"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      415: components["responses"]["UnsupportedMedia"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  file: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
        blob: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "*/*": string;
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  note: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          text: string;
          mentions?: components["schemas"]["Id"][];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Noted"];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Noted"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  typing: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          on: boolean;
        };
      };
    };
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  accept: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          offer: components["schemas"]["Id"];
          as_of?: number;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  decline: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          offer: components["schemas"]["Id"];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  pick: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  takeOver: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  join: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  leave: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  transfer: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          to: components["schemas"]["TransferTo"];
          note?: string | null;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  cancelTransfer: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  handBack: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          brief?: components["schemas"]["BriefInput"];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  close: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          disposition?: string | null;
          wrap_up?: string | null;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  reopen: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  snooze: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          until: components["schemas"]["Ms"];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  wake: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  setTags: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          tags: components["schemas"]["Id"][];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  setCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name?: string | null;
          language?: string | null;
          person_first?: boolean | null;
          contact?: string | null;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  block: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  unblock: {
    parameters: {
      query?: never;
      header?: {
        /** @description 1 to 200 visible characters; the same again within 24 hours does nothing a second time. */
        "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DetailOrNone"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  reveal: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
        seq: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: {
              token: string;
              text: string;
            }[];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  exportCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
          /**
           * @default zip
           * @enum {string}
           */
          format?: "zip" | "json";
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/zip": string;
          "application/json": {
            [key: string]: unknown;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  eraseCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
          /** @description The customer's name as the desk shows it, or the conversation's short name. */
          confirm: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            conversations: number;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      410: components["responses"]["Gone"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  samePerson: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          conversation: components["schemas"]["Id"];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Detail"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  mentions: {
    parameters: {
      query?: {
        state?: "unread" | "all";
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
        limit?: components["parameters"]["Limit"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MentionPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  readMention: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Mention"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  search: {
    parameters: {
      query: {
        /** @description Words (all of them), "a phrase", -without, by:agent, tag:NAME, inbox:SLUG, ref:B-7K2Q. */
        q: string;
        inbox?: components["schemas"]["Id"];
        agent?: components["schemas"]["Id"];
        tag?: components["schemas"]["Id"];
        by?: "customer" | "bot" | "agent";
        state?: "open" | "closed";
        from?: components["schemas"]["Ms"];
        to?: components["schemas"]["Ms"];
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
        limit?: components["parameters"]["Limit"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SearchPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  stream: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A WebSocket; see `x-frames`. */
      101: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  board: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Board"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  handovers: {
    parameters: {
      query?: {
        from?: components["schemas"]["Ms"];
        to?: components["schemas"]["Ms"];
        trigger?: components["schemas"]["Trigger"];
        answer?: components["schemas"]["HandoverAnswer"];
        outcome?:
          "accepted" | "abandoned" | "withdrawn" | "redirected" | "refused" | "failed" | "expired" | "open";
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
        limit?: components["parameters"]["Limit"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["HandoverPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  reports: {
    parameters: {
      query?: {
        state?: "new" | "accepted" | "rejected" | "all";
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
        limit?: components["parameters"]["Limit"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ReportPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  acceptReport: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          reason?: string | null;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Report"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  rejectReport: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Report"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  audit: {
    parameters: {
      query?: {
        /** @description From the page before; absent: the first page. */
        cursor?: components["parameters"]["Cursor"];
        limit?: components["parameters"]["Limit"];
      };
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AuditPage"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  directory: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Directory"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  tags: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["Tag"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeTag: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Tag"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  setTag: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Tag"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeTag: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  replies: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["Reply"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeReply: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ReplyInput"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Reply"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  setReply: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ReplyInput"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Reply"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeReply: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  deskSettings: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeskSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setDeskSettings: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeskSettings"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeskSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  inboxes: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["InboxSettings"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeInbox: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["InboxSettingsInput"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InboxSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  inbox: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InboxSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setInbox: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["InboxSettingsInput"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InboxSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeInbox: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  queues: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["QueueSettings"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeQueue: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["QueueSettingsInput"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["QueueSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  queue: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["QueueSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setQueue: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["QueueSettingsInput"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["QueueSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeQueue: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  bots: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["BotSettings"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeBot: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BotSettingsInput"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BotSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  bot: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BotSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setBot: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BotSettingsInput"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BotSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeBot: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  targets: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["TargetSettings"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeTarget: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["TargetSettingsInput"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TargetSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  target: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TargetSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setTarget: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["TargetSettingsInput"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TargetSettings"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeTarget: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  agents: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["Account"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeAgent: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AccountInput"];
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  agent: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  setAgent: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AccountInput"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeAgent: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  tryRetention: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Retention"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            conversations: number;
            customers: number;
            /** @description False: there are more conversations than were looked at. */
            complete: boolean;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  retention: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Conversations whose words were erased since the hub started. */
            conversations: number;
            /** @description Customers who were. */
            customers: number;
            /** @description When every conversation under a rule had been looked at last. */
            rounded_at: components["schemas"]["Ms"] | null;
            failing: boolean;
          };
        };
      };
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  rotateIdentitySecret: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["Empty"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            secret: string;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  tryBot: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BotTry"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BotTried"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  keys: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            items: components["schemas"]["Key"][];
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  makeKey: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
          rank: components["schemas"]["Role"];
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            id: components["schemas"]["Id"];
            key: string;
          };
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      409: components["responses"]["Conflict"];
      413: components["responses"]["TooLarge"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  removeKey: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path: {
        id: components["schemas"]["Id"];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      404: components["responses"]["NotFound"];
      422: components["responses"]["Unprocessable"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
  demo: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Demo"];
        };
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
    };
  };
  removeDemo: {
    parameters: {
      query?: never;
      header?: {
        /** @description With an API key: act as this agent. */
        "Baton-Agent"?: components["parameters"]["BatonAgent"];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done; no body. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["BadRequest"];
      401: components["responses"]["Unauthorized"];
      403: components["responses"]["Forbidden"];
      429: components["responses"]["TooMany"];
      500: components["responses"]["Internal"];
      503: components["responses"]["Busy"];
      507: components["responses"]["Full"];
    };
  };
}
