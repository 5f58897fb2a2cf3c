BEGIN TRANSACTION;
CREATE TABLE "address" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "url_key" VARCHAR(255) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE, "path" VARCHAR(255), "url" VARCHAR(2000),
    CONSTRAINT "uid_address_article_d45afc" UNIQUE ("article_id", "url_key")
);
CREATE TABLE "article" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "translation_key" VARCHAR(255),
    "kind" VARCHAR(16) NOT NULL  /* ARTICLE: ARTICLE\nPAGE: PAGE */,
    "title" VARCHAR(500) NOT NULL,
    "headline_key" VARCHAR(255) NOT NULL,
    "summary" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED */,
    "published_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "version" INT NOT NULL,
    "comments_open" INT NOT NULL,
    "comment_count" INT NOT NULL,
    "image_url" VARCHAR(2000),
    "image_alt" VARCHAR(500),
    "canonical_url" VARCHAR(2000),
    "source" VARCHAR(64),
    "source_key" VARCHAR(255),
    "source_hash" VARCHAR(64),
    "source_version" INT,
    "body_html" TEXT NOT NULL,
    "body_text" TEXT NOT NULL, "metadata" TEXT, "subtitle" VARCHAR(500) NOT NULL DEFAULT '', "held_back" INT NOT NULL DEFAULT 0, "comment_moderation" VARCHAR(16)   /* ALL: ALL\nSUSPICIOUS: SUSPICIOUS\nSPAM: SPAM\nNONE: NONE */,
    CONSTRAINT "uid_article_slug_960f9e" UNIQUE ("slug", "language"),
    CONSTRAINT "uid_article_source_fd8247" UNIQUE ("source", "source_key")
);
CREATE TABLE "article_author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "position" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "author_id" BIGINT NOT NULL REFERENCES "author" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_article_aut_article_12ddc2" UNIQUE ("article_id", "author_id")
);
CREATE TABLE "article_topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "position" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "topic_id" BIGINT NOT NULL REFERENCES "topic" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_article_top_article_647d07" UNIQUE ("article_id", "topic_id")
);
CREATE TABLE "audit_entry" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "actor" VARCHAR(200) NOT NULL,
    "token_id" BIGINT,
    "door" VARCHAR(16) NOT NULL  /* GRAPHQL: GRAPHQL\nCOMMAND: COMMAND\nIMPORT: IMPORT\nSCHEDULER: SCHEDULER\nSTART: START */,
    "action" VARCHAR(64) NOT NULL,
    "subject" VARCHAR(32) NOT NULL,
    "subject_id" BIGINT,
    "changes" TEXT,
    "erased_at" TIMESTAMP
);
CREATE TABLE "author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "bio" TEXT NOT NULL
, "edited" INT NOT NULL DEFAULT 0, "image_alt" VARCHAR(255), "image_url" VARCHAR(2000), "links" TEXT, "translations" TEXT);
CREATE TABLE "blocked_query" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" VARCHAR(100) NOT NULL UNIQUE
);
CREATE TABLE "change" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "tag" VARCHAR(64) NOT NULL,
    "at" TIMESTAMP NOT NULL
);
CREATE TABLE "comment" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(16) NOT NULL  /* COMMENT: COMMENT\nPINGBACK: PINGBACK\nTRACKBACK: TRACKBACK */,
    "author_name" VARCHAR(200) NOT NULL,
    "author_email" VARCHAR(320),
    "body_html" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* PENDING: PENDING\nAPPROVED: APPROVED\nSPAM: SPAM\nTRASH: TRASH */,
    "created_at" TIMESTAMP NOT NULL,
    "source_key" VARCHAR(255),
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "parent_id" BIGINT REFERENCES "comment" ("id") ON DELETE SET NULL, "moderated" INT NOT NULL DEFAULT 0, "audit_key" VARCHAR(64), "erased_at" TIMESTAMP, "edited_at" TIMESTAMP, "edited_by" VARCHAR(16), "fingerprint" BIGINT, "learned" VARCHAR(16)   /* CLEAN: CLEAN\nSUSPICIOUS: SUSPICIOUS\nSPAM: SPAM */, "reasons" TEXT, "spam_score" REAL, "verdict" VARCHAR(16)   /* CLEAN: CLEAN\nSUSPICIOUS: SUSPICIOUS\nSPAM: SPAM */, "imported_at" TIMESTAMP, "reports" INT NOT NULL DEFAULT 0, "secret_digest" VARCHAR(64),
    CONSTRAINT "uid_comment_article_02c632" UNIQUE ("article_id", "source_key")
);
CREATE TABLE "comment_event" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "type" VARCHAR(16) NOT NULL  /* PENDING: PENDING\nAPPROVED: APPROVED\nREPORTED: REPORTED */,
    "comment_id" BIGINT NOT NULL,
    "at" TIMESTAMP NOT NULL
);
CREATE TABLE "comment_report" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "reporter" VARCHAR(64) NOT NULL,
    "reason" VARCHAR(16) NOT NULL  /* SPAM: SPAM\nABUSE: ABUSE\nPERSONAL_DATA: PERSONAL_DATA\nOFF_TOPIC: OFF_TOPIC\nOTHER: OTHER */,
    "created_at" TIMESTAMP NOT NULL,
    "settled_at" TIMESTAMP,
    "comment_id" BIGINT NOT NULL REFERENCES "comment" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_comment_rep_comment_181ef4" UNIQUE ("comment_id", "reporter")
);
CREATE TABLE "content_release" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* OPEN: OPEN\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED */,
    "publish_at" TIMESTAMP,
    "published_at" TIMESTAMP,
    "editor" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "problem" TEXT
);
CREATE TABLE "day_secret" (
    "day" VARCHAR(10) NOT NULL  PRIMARY KEY,
    "secret" VARCHAR(64) NOT NULL
);
CREATE TABLE "due_neighbours" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "article_id" BIGINT NOT NULL UNIQUE,
    "spread" INT NOT NULL
);
CREATE TABLE "erased_person" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "digest" VARCHAR(64) NOT NULL UNIQUE,
    "key" VARCHAR(64) NOT NULL,
    "erased_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP
);
CREATE TABLE "former_author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200)  UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "merged_id" BIGINT,
    "was_public" INT NOT NULL,
    "author_id" BIGINT NOT NULL REFERENCES "author" ("id") ON DELETE CASCADE
);
CREATE TABLE "former_topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200)  UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "merged_id" BIGINT,
    "was_public" INT NOT NULL,
    "topic_id" BIGINT NOT NULL REFERENCES "topic" ("id") ON DELETE CASCADE
);
CREATE TABLE "hidden_suggestion" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "source_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_hidden_sugg_source__66e9ad" UNIQUE ("source_id", "target_id")
);
CREATE TABLE "hub_secret" (
    "name" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "value" VARCHAR(64) NOT NULL
);
CREATE TABLE "import_change" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(16) NOT NULL  /* ARTICLE: ARTICLE\nCOMMENT: COMMENT\nTOPIC: TOPIC\nAUTHOR: AUTHOR\nSLUG: SLUG\nADDRESS: ADDRESS */,
    "record_id" BIGINT NOT NULL,
    "before" INT,
    "after" INT,
    "run_id" BIGINT NOT NULL REFERENCES "import_run" ("id") ON DELETE CASCADE
);
CREATE TABLE "import_run" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "started_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP,
    "undone_at" TIMESTAMP,
    "editor" VARCHAR(255) NOT NULL,
    "paths" TEXT NOT NULL,
    "counts" TEXT NOT NULL
);
CREATE TABLE "index_follower" (
    "name" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "holder" VARCHAR(64) NOT NULL,
    "host" VARCHAR(200) NOT NULL,
    "complete" INT NOT NULL,
    "renewed_at" REAL NOT NULL
);
CREATE TABLE "lease" (
    "name" VARCHAR(200) NOT NULL  PRIMARY KEY,
    "holder" VARCHAR(64) NOT NULL,
    "until" REAL NOT NULL
);
CREATE TABLE "media_file" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "hash" VARCHAR(64) NOT NULL UNIQUE,
    "media_type" VARCHAR(32) NOT NULL,
    "bytes" BIGINT NOT NULL,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "caption" VARCHAR(2000) NOT NULL DEFAULT '',
    "credit" VARCHAR(500) NOT NULL DEFAULT '',
    "focal_x" REAL,
    "focal_y" REAL,
    "created_at" TIMESTAMP NOT NULL
);
CREATE TABLE "media_source" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(64) NOT NULL UNIQUE,
    "url" VARCHAR(2000) NOT NULL,
    "hash" VARCHAR(64),
    "problem" VARCHAR(500) NOT NULL DEFAULT '',
    "tried_at" TIMESTAMP NOT NULL
);
CREATE TABLE "media_use" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "article_id" BIGINT NOT NULL,
    CONSTRAINT "uid_media_use_hash_12b138" UNIQUE ("hash", "article_id")
);
CREATE TABLE "outbox_event" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "article_id" BIGINT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "tries" INT NOT NULL,
    "parked" INT NOT NULL,
    "error" TEXT
, "follower" VARCHAR(64), "origin" BIGINT);
CREATE TABLE "outside_link" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "url" VARCHAR(2000) NOT NULL,
    "anchor" VARCHAR(500) NOT NULL,
    "position" INT,
    "status" INT,
    "problem" VARCHAR(200),
    "redirects" INT NOT NULL DEFAULT 0,
    "moved_to" VARCHAR(2000),
    "checked_at" TIMESTAMP,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE
);
CREATE TABLE "overtaken_text" (
    "reader" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "at" REAL NOT NULL
);
CREATE TABLE "persisted_document" (
    "digest" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "text" TEXT NOT NULL,
    "stored_at" REAL NOT NULL
);
CREATE TABLE "pin" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" VARCHAR(200) NOT NULL,
    "rank" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_pin_text_953a3c" UNIQUE ("text", "article_id")
);
CREATE TABLE "planned_change" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "action" VARCHAR(16) NOT NULL  /* PUBLISH: PUBLISH\nUNPUBLISH: UNPUBLISH */,
    "at" TIMESTAMP NOT NULL,
    "editor" VARCHAR(255) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_planned_cha_article_70d7bc" UNIQUE ("article_id", "action")
);
CREATE TABLE "preview" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "secret_hash" VARCHAR(64) NOT NULL UNIQUE,
    "editor" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "revoked_at" TIMESTAMP,
    "article_id" BIGINT REFERENCES "article" ("id") ON DELETE CASCADE,
    "release_id" BIGINT REFERENCES "content_release" ("id") ON DELETE CASCADE
);
CREATE TABLE "query_reader" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" VARCHAR(10) NOT NULL,
    "text" VARCHAR(100) NOT NULL,
    "reader" VARCHAR(64) NOT NULL,
    CONSTRAINT "uid_query_reade_day_731c66" UNIQUE ("day", "text", "reader")
);
CREATE TABLE "query_stat" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" VARCHAR(10) NOT NULL,
    "text" VARCHAR(100) NOT NULL,
    "asked" INT NOT NULL,
    "hits" INT NOT NULL, "readers" INT NOT NULL DEFAULT 0, "filtered" INT NOT NULL DEFAULT 0, "lacking" INT NOT NULL DEFAULT 0, "clicks" INT NOT NULL DEFAULT 0, "positions" BIGINT NOT NULL DEFAULT 0, "language" VARCHAR(16) NOT NULL DEFAULT '',
    CONSTRAINT "uid_query_stat_day_301dff" UNIQUE ("day", "text")
);
CREATE TABLE "rate_bucket" (
    "key" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "full_at" REAL NOT NULL
);
CREATE TABLE "relation" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(16) NOT NULL  /* INLINE: INLINE\nMORE_TOPICS: MORE_TOPICS\nMORE_TO_READ: MORE_TO_READ\nPINNED: PINNED\nTOPIC: TOPIC\nSIMILAR: SIMILAR */,
    "origin" VARCHAR(16) NOT NULL  /* EDITOR: EDITOR\nIMPORT: IMPORT\nDERIVED: DERIVED */,
    "rank" INT NOT NULL,
    "position" INT,
    "anchor" VARCHAR(500) NOT NULL,
    "url" VARCHAR(2000),
    "weight" REAL NOT NULL,
    "chosen" INT NOT NULL,
    "wanted_url" VARCHAR(255),
    "wanted_slug" VARCHAR(255),
    "wanted_headline" VARCHAR(255),
    "source_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "target_id" BIGINT REFERENCES "article" ("id") ON DELETE SET NULL
, "because" TEXT, "accepted_from" VARCHAR(16)   /* EDITOR: EDITOR\nIMPORT: IMPORT\nDERIVED: DERIVED */);
CREATE TABLE "release_item" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "action" VARCHAR(16) NOT NULL  /* PUBLISH: PUBLISH\nUNPUBLISH: UNPUBLISH */,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "release_id" BIGINT NOT NULL REFERENCES "content_release" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_release_ite_release_9c2b76" UNIQUE ("release_id", "article_id")
);
CREATE TABLE "revision" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" INT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    "summary" TEXT NOT NULL,
    "body_html" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED */,
    "editor" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE, "subtitle" VARCHAR(500), "base" BIGINT, "change" VARCHAR(16)   /* CREATED: CREATED\nREVISED: REVISED\nIMPORTED: IMPORTED\nPUBLISHED: PUBLISHED\nSCHEDULED: SCHEDULED\nARCHIVED: ARCHIVED\nUNPUBLISHED: UNPUBLISHED\nRESTORED: RESTORED */, "content" BLOB, "published_at" TIMESTAMP, "saved_at" TIMESTAMP,
    CONSTRAINT "uid_revision_article_5c9c13" UNIQUE ("article_id", "version")
);
CREATE TABLE "search_rule" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "is_enabled" INT NOT NULL DEFAULT 1,
    "definition" TEXT NOT NULL
);
CREATE TABLE "slug_history" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_slug_histor_slug_102963" UNIQUE ("slug", "language")
);
CREATE TABLE "spam_feature" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "bucket" INT NOT NULL UNIQUE,
    "spam" INT NOT NULL,
    "others" INT NOT NULL
);
CREATE TABLE "stop_word" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "word" VARCHAR(100) NOT NULL,
    "language" VARCHAR(16) NOT NULL DEFAULT '',
    CONSTRAINT "uid_stop_word_word_99238e" UNIQUE ("word", "language")
);
CREATE TABLE "stored_setting" (
    "name" VARCHAR(100) NOT NULL  PRIMARY KEY,
    "value" TEXT NOT NULL
);
CREATE TABLE "synonym_set" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "words" TEXT NOT NULL,
    "typed" VARCHAR(100)
, "language" VARCHAR(16));
CREATE TABLE "token" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "secret_hash" VARCHAR(64) NOT NULL UNIQUE,
    "role" VARCHAR(16) NOT NULL  /* WRITER: WRITER\nEDITOR: EDITOR\nADMIN: ADMIN */,
    "scopes" VARCHAR(500) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP,
    "last_used_at" TIMESTAMP,
    "revoked_at" TIMESTAMP
);
CREATE TABLE "topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL,
    "parent_id" BIGINT REFERENCES "topic" ("id") ON DELETE SET NULL
, "edited" INT NOT NULL DEFAULT 0, "taxonomy" VARCHAR(64), "translations" TEXT);
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
INSERT INTO "tortoise_migrations" VALUES(1,'hub','0001_start',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(2,'hub','0002_search',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(3,'hub','0003_querystats',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(4,'hub','0004_metadata',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(5,'hub','0005_webhooks',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(6,'hub','0006_rates',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(7,'hub','0007_labels_in_order',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(8,'hub','0008_subtitle',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(9,'hub','0009_visibility',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(10,'hub','0010_suggested_searches',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(11,'hub','0011_moderated_comments',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(12,'hub','0012_whole_revisions',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(13,'hub','0013_audit',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(14,'hub','0014_imports',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(15,'hub','0015_index_followers',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(16,'hub','0016_working_versions_and_trash',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(17,'hub','0017_erased_people',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(18,'hub','0018_former_labels',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(19,'hub','0019_previews',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(20,'hub','0019_taxonomies',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(21,'hub','0020_spam_filter',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(22,'hub','0021_author_profiles',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(23,'hub','0022_history',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(24,'hub','0023_trashed_sources',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(25,'hub','0024_addresses',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(26,'hub','0025_missing_articles',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(27,'hub','0026_clicks',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(28,'hub','0027_search_languages',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(29,'hub','0028_overtaken_texts',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(30,'hub','0029_translated_labels',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(31,'hub','0032_media',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(32,'hub','0033_suggestions',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(33,'hub','0034_outside_links',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(34,'hub','0035_discussions',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(35,'hub','0039_rules',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
INSERT INTO "tortoise_migrations" VALUES(36,'hub','0040_hosts',strftime('%Y-%m-%d %H:%M:%f+00:00','now'));
CREATE TABLE "trashed_article" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED */,
    "editor" VARCHAR(255) NOT NULL,
    "deleted_at" TIMESTAMP NOT NULL
, "source" VARCHAR(64), "source_key" VARCHAR(255));
CREATE TABLE "trashed_row" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "origin" VARCHAR(64) NOT NULL,
    "data" TEXT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "trashed_article" ("id") ON DELETE CASCADE
);
CREATE TABLE "webhook_event" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "target" VARCHAR(200) NOT NULL,
    "tags" TEXT NOT NULL,
    "places" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);
CREATE TABLE "webhook_message" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(64) NOT NULL UNIQUE,
    "target" VARCHAR(200) NOT NULL,
    "articles" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" VARCHAR(16) NOT NULL  /* WAITING: WAITING\nDELIVERED: DELIVERED\nGIVEN_UP: GIVEN_UP */,
    "created_at" TIMESTAMP NOT NULL,
    "due" REAL NOT NULL,
    "tries" INT NOT NULL,
    "answer" INT,
    "error" VARCHAR(200),
    "settled_at" TIMESTAMP
);
CREATE TABLE "webhook_target" (
    "name" VARCHAR(200) NOT NULL  PRIMARY KEY
, "named_at" REAL NOT NULL DEFAULT 0);
CREATE TABLE "working_version" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "changes" TEXT NOT NULL,
    "base" TEXT NOT NULL,
    "version" INT NOT NULL,
    "editor" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "article_id" BIGINT NOT NULL UNIQUE REFERENCES "article" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_article_transla_47d8e1" ON "article" ("translation_key");
CREATE INDEX "idx_article_headlin_d1ef8b" ON "article" ("headline_key");
CREATE INDEX "idx_article_status_7f1379" ON "article" ("status", "published_at", "id");
CREATE INDEX "idx_article_status_2bc1f1" ON "article" ("status", "comment_count", "id");
CREATE INDEX "idx_address_url_key_d7df2e" ON "address" ("url_key");
CREATE INDEX "idx_author_name_9e9e67" ON "author" ("name");
CREATE INDEX "idx_article_aut_author__ddffe9" ON "article_author" ("author_id", "article_id");
CREATE INDEX "idx_comment_article_cc6d9d" ON "comment" ("article_id", "status", "created_at", "id");
CREATE INDEX "idx_comment_parent__1d6c6f" ON "comment" ("parent_id", "status", "created_at", "id");
CREATE INDEX "idx_comment_status_629ddd" ON "comment" ("status", "created_at", "id");
CREATE INDEX "idx_outbox_even_article_628532" ON "outbox_event" ("article_id");
CREATE INDEX "idx_outbox_even_parked_48884e" ON "outbox_event" ("parked", "id");
CREATE INDEX "idx_relation_wanted__988282" ON "relation" ("wanted_url");
CREATE INDEX "idx_relation_wanted__ec74da" ON "relation" ("wanted_slug");
CREATE INDEX "idx_relation_wanted__a153c1" ON "relation" ("wanted_headline");
CREATE INDEX "idx_relation_source__a7b3dc" ON "relation" ("source_id", "rank", "id");
CREATE INDEX "idx_relation_target__87ac4c" ON "relation" ("target_id", "source_id");
CREATE INDEX "idx_slug_histor_article_82bba9" ON "slug_history" ("article_id");
CREATE INDEX "idx_topic_name_297d67" ON "topic" ("name");
CREATE INDEX "idx_article_top_topic_i_512fb2" ON "article_topic" ("topic_id", "article_id");
CREATE INDEX "idx_webhook_eve_target_d9346d" ON "webhook_event" ("target");
CREATE INDEX "idx_webhook_mes_status_c7a256" ON "webhook_message" ("status", "target", "id");
CREATE INDEX "idx_rate_bucket_full_at_43f199" ON "rate_bucket" ("full_at");
CREATE INDEX "idx_article_aut_article_e83fbd" ON "article_author" ("article_id", "position", "author_id");
CREATE INDEX "idx_article_top_article_c217d6" ON "article_topic" ("article_id", "position", "topic_id");
CREATE INDEX "idx_topic_parent__75b9d8" ON "topic" ("parent_id", "id");
CREATE INDEX "idx_audit_entry_at_2277b9" ON "audit_entry" ("at", "id");
CREATE INDEX "idx_audit_entry_subject_288718" ON "audit_entry" ("subject", "subject_id", "at");
CREATE INDEX "idx_audit_entry_token_i_4481da" ON "audit_entry" ("token_id", "at");
CREATE INDEX "idx_import_chan_run_id_85dca2" ON "import_change" ("run_id", "kind", "id");
CREATE INDEX "idx_outbox_even_followe_362a59" ON "outbox_event" ("follower", "id");
CREATE INDEX "idx_planned_cha_at_a6b884" ON "planned_change" ("at");
CREATE INDEX "idx_content_rel_status_b3bffe" ON "content_release" ("status", "publish_at");
CREATE INDEX "idx_release_ite_article_fc1764" ON "release_item" ("article_id");
CREATE INDEX "idx_trashed_art_deleted_db647d" ON "trashed_article" ("deleted_at");
CREATE INDEX "idx_trashed_row_article_32a585" ON "trashed_row" ("article_id");
CREATE INDEX "idx_former_auth_name_c80853" ON "former_author" ("name");
CREATE INDEX "idx_former_auth_merged__774ef5" ON "former_author" ("merged_id");
CREATE INDEX "idx_former_auth_author__e5e9da" ON "former_author" ("author_id");
CREATE INDEX "idx_former_topi_name_6ac108" ON "former_topic" ("name");
CREATE INDEX "idx_former_topi_merged__313264" ON "former_topic" ("merged_id");
CREATE INDEX "idx_former_topi_topic_i_43d47f" ON "former_topic" ("topic_id");
CREATE INDEX "idx_preview_expires_c9affa" ON "preview" ("expires_at");
CREATE INDEX "idx_preview_article_1fa432" ON "preview" ("article_id");
CREATE INDEX "idx_preview_release_65c22d" ON "preview" ("release_id");
CREATE INDEX "idx_comment_author__e052b1" ON "comment" ("author_email");
CREATE INDEX "idx_revision_status_8a9721" ON "revision" ("status", "published_at", "article_id", "saved_at");
CREATE INDEX "idx_revision_saved_a_63cfe8" ON "revision" ("saved_at");
CREATE INDEX "idx_revision_slug_6c79b8" ON "revision" ("slug");
CREATE INDEX "idx_trashed_art_source__874ce5" ON "trashed_article" ("source_key", "source");
CREATE INDEX "idx_overtaken_t_at_7d8522" ON "overtaken_text" ("at");
CREATE INDEX "idx_media_sourc_hash_dd0071" ON "media_source" ("hash");
CREATE INDEX "idx_media_use_article_962f16" ON "media_use" ("article_id");
CREATE INDEX "idx_hidden_sugg_target__96b734" ON "hidden_suggestion" ("target_id");
CREATE INDEX "idx_outside_lin_checked_4cbba1" ON "outside_link" ("checked_at");
CREATE INDEX "idx_outside_lin_article_e95628" ON "outside_link" ("article_id");
CREATE INDEX "idx_comment_eve_at_54077b" ON "comment_event" ("at");
CREATE INDEX "idx_persisted_d_stored__0b0cc6" ON "persisted_document" ("stored_at");
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tortoise_migrations',36);
COMMIT;
