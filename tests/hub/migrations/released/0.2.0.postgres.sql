--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: address; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.address (
    id bigint NOT NULL,
    url_key character varying(255) NOT NULL COLLATE pg_catalog."C",
    article_id bigint NOT NULL
);


--
-- Name: TABLE address; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.address IS 'A url under which an article is or was known elsewhere, normalised by `hub.text.slugs.url_key`.';


--
-- Name: address_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.address_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: address_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.address_id_seq OWNED BY public.address.id;


--
-- Name: article; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.article (
    id bigint NOT NULL,
    slug character varying(200) NOT NULL COLLATE pg_catalog."C",
    language character varying(16) NOT NULL COLLATE pg_catalog."C",
    translation_key character varying(255) COLLATE pg_catalog."C",
    kind character varying(16) NOT NULL COLLATE pg_catalog."C",
    title character varying(500) NOT NULL COLLATE pg_catalog."C",
    headline_key character varying(255) NOT NULL COLLATE pg_catalog."C",
    summary text NOT NULL COLLATE pg_catalog."C",
    status character varying(16) NOT NULL COLLATE pg_catalog."C",
    published_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    comments_open boolean NOT NULL,
    comment_count integer NOT NULL,
    image_url character varying(2000) COLLATE pg_catalog."C",
    image_alt character varying(500) COLLATE pg_catalog."C",
    canonical_url character varying(2000) COLLATE pg_catalog."C",
    source character varying(64) COLLATE pg_catalog."C",
    source_key character varying(255) COLLATE pg_catalog."C",
    source_hash character varying(64) COLLATE pg_catalog."C",
    source_version integer,
    body_html text NOT NULL COLLATE pg_catalog."C",
    body_text text NOT NULL COLLATE pg_catalog."C",
    metadata text COLLATE pg_catalog."C",
    subtitle character varying(500) DEFAULT ''::character varying NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: TABLE article; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.article IS 'One piece of writing.';


--
-- Name: COLUMN article.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article.kind IS 'ARTICLE: ARTICLE\nPAGE: PAGE';


--
-- Name: COLUMN article.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article.status IS 'DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED';


--
-- Name: article_author; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.article_author (
    id bigint NOT NULL,
    "position" integer NOT NULL,
    article_id bigint NOT NULL,
    author_id bigint NOT NULL
);


--
-- Name: TABLE article_author; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.article_author IS 'Who wrote an article, in the order of its byline (`position` from 0).';


--
-- Name: article_author_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.article_author_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: article_author_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.article_author_id_seq OWNED BY public.article_author.id;


--
-- Name: article_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.article_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: article_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.article_id_seq OWNED BY public.article.id;


--
-- Name: article_topic; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.article_topic (
    id bigint NOT NULL,
    "position" integer NOT NULL,
    article_id bigint NOT NULL,
    topic_id bigint NOT NULL
);


--
-- Name: TABLE article_topic; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.article_topic IS 'What an article is about, the main topic first (`position` from 0).';


--
-- Name: article_topic_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.article_topic_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: article_topic_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.article_topic_id_seq OWNED BY public.article_topic.id;


--
-- Name: author; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.author (
    id bigint NOT NULL,
    slug character varying(200) NOT NULL COLLATE pg_catalog."C",
    name character varying(200) NOT NULL COLLATE pg_catalog."C",
    bio text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: TABLE author; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.author IS 'A byline. Holds nothing private: no e-mail, no account.';


--
-- Name: author_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.author_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: author_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.author_id_seq OWNED BY public.author.id;


--
-- Name: blocked_query; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.blocked_query (
    id bigint NOT NULL,
    text character varying(100) NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: TABLE blocked_query; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.blocked_query IS 'A text that is never suggested, nor any other that contains it.';


--
-- Name: blocked_query_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.blocked_query_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: blocked_query_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.blocked_query_id_seq OWNED BY public.blocked_query.id;


--
-- Name: change; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.change (
    seq bigint NOT NULL,
    tag character varying(64) NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL
);


--
-- Name: TABLE change; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.change IS 'One line of the public change feed: something carrying `tag` is different since `at`.';


--
-- Name: change_seq_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.change_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: change_seq_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.change_seq_seq OWNED BY public.change.seq;


--
-- Name: comment; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.comment (
    id bigint NOT NULL,
    kind character varying(16) NOT NULL COLLATE pg_catalog."C",
    author_name character varying(200) NOT NULL COLLATE pg_catalog."C",
    author_email character varying(320) COLLATE pg_catalog."C",
    body_html text NOT NULL COLLATE pg_catalog."C",
    status character varying(16) NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    source_key character varying(255) COLLATE pg_catalog."C",
    article_id bigint NOT NULL,
    parent_id bigint
);


--
-- Name: TABLE comment; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.comment IS 'One comment.';


--
-- Name: COLUMN comment.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.comment.kind IS 'COMMENT: COMMENT\nPINGBACK: PINGBACK\nTRACKBACK: TRACKBACK';


--
-- Name: COLUMN comment.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.comment.status IS 'PENDING: PENDING\nAPPROVED: APPROVED\nSPAM: SPAM\nTRASH: TRASH';


--
-- Name: comment_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: comment_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.comment_id_seq OWNED BY public.comment.id;


--
-- Name: day_secret; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.day_secret (
    day character varying(10) NOT NULL COLLATE pg_catalog."C",
    secret character varying(64) NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: TABLE day_secret; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.day_secret IS 'The secret that the buckets of a `day` (UTC, as in 2026-03-01) go by.';


--
-- Name: due_neighbours; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.due_neighbours (
    id bigint NOT NULL,
    article_id bigint NOT NULL,
    spread boolean NOT NULL
);


--
-- Name: TABLE due_neighbours; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.due_neighbours IS 'The derived edges of an article are to be drawn anew.';


--
-- Name: due_neighbours_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.due_neighbours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: due_neighbours_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.due_neighbours_id_seq OWNED BY public.due_neighbours.id;


--
-- Name: lease; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lease (
    name character varying(200) NOT NULL COLLATE pg_catalog."C",
    holder character varying(64) NOT NULL COLLATE pg_catalog."C",
    until double precision NOT NULL
);


--
-- Name: TABLE lease; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.lease IS 'A task that one process at a time may do, and until when it is `holder`''s.';


--
-- Name: outbox_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox_event (
    id bigint NOT NULL,
    article_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tries integer NOT NULL,
    parked boolean NOT NULL,
    error text COLLATE pg_catalog."C"
);


--
-- Name: TABLE outbox_event; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.outbox_event IS '`article_id` has been saved or deleted, and the index does not know it yet.';


--
-- Name: outbox_event_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.outbox_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: outbox_event_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.outbox_event_id_seq OWNED BY public.outbox_event.id;


--
-- Name: pin; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pin (
    id bigint NOT NULL,
    text character varying(200) NOT NULL COLLATE pg_catalog."C",
    rank integer NOT NULL,
    article_id bigint NOT NULL
);


--
-- Name: TABLE pin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.pin IS 'An article that comes first when `text` is all that was typed, in the order of `rank`.';


--
-- Name: pin_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.pin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: pin_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.pin_id_seq OWNED BY public.pin.id;


--
-- Name: query_reader; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.query_reader (
    id bigint NOT NULL,
    day character varying(10) NOT NULL COLLATE pg_catalog."C",
    text character varying(100) NOT NULL COLLATE pg_catalog."C",
    reader character varying(64) NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: TABLE query_reader; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.query_reader IS 'A reader who asked for `text` on a `day`, so that nobody counts twice.';


--
-- Name: query_reader_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.query_reader_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: query_reader_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.query_reader_id_seq OWNED BY public.query_reader.id;


--
-- Name: query_stat; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.query_stat (
    id bigint NOT NULL,
    day character varying(10) NOT NULL COLLATE pg_catalog."C",
    text character varying(100) NOT NULL COLLATE pg_catalog."C",
    asked integer NOT NULL,
    hits integer NOT NULL,
    readers integer DEFAULT 0 NOT NULL
);


--
-- Name: TABLE query_stat; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.query_stat IS 'How often readers asked for `text` on a `day` (UTC, as in 2026-03-01), and its last `hits`.';


--
-- Name: query_stat_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.query_stat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: query_stat_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.query_stat_id_seq OWNED BY public.query_stat.id;


--
-- Name: rate_bucket; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rate_bucket (
    key character varying(64) NOT NULL COLLATE pg_catalog."C",
    full_at double precision NOT NULL
);


--
-- Name: TABLE rate_bucket; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.rate_bucket IS 'Until when somebody''s bucket is not full again, in seconds since 1970.';


--
-- Name: relation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.relation (
    id bigint NOT NULL,
    kind character varying(16) NOT NULL COLLATE pg_catalog."C",
    origin character varying(16) NOT NULL COLLATE pg_catalog."C",
    rank integer NOT NULL,
    "position" integer,
    anchor character varying(500) NOT NULL COLLATE pg_catalog."C",
    url character varying(2000) COLLATE pg_catalog."C",
    weight double precision NOT NULL,
    chosen boolean NOT NULL,
    wanted_url character varying(255) COLLATE pg_catalog."C",
    wanted_slug character varying(255) COLLATE pg_catalog."C",
    wanted_headline character varying(255) COLLATE pg_catalog."C",
    source_id bigint NOT NULL,
    target_id bigint,
    because text COLLATE pg_catalog."C"
);


--
-- Name: TABLE relation; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.relation IS 'A directed edge between two articles.';


--
-- Name: COLUMN relation.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.relation.kind IS 'INLINE: INLINE\nMORE_TOPICS: MORE_TOPICS\nMORE_TO_READ: MORE_TO_READ\nPINNED: PINNED\nTOPIC: TOPIC\nSIMILAR: SIMILAR';


--
-- Name: COLUMN relation.origin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.relation.origin IS 'EDITOR: EDITOR\nIMPORT: IMPORT\nDERIVED: DERIVED';


--
-- Name: relation_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.relation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: relation_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.relation_id_seq OWNED BY public.relation.id;


--
-- Name: revision; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revision (
    id bigint NOT NULL,
    version integer NOT NULL,
    slug character varying(200) NOT NULL COLLATE pg_catalog."C",
    title character varying(500) NOT NULL COLLATE pg_catalog."C",
    summary text NOT NULL COLLATE pg_catalog."C",
    body_html text NOT NULL COLLATE pg_catalog."C",
    status character varying(16) NOT NULL COLLATE pg_catalog."C",
    editor character varying(255) NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    article_id bigint NOT NULL,
    subtitle character varying(500) COLLATE pg_catalog."C"
);


--
-- Name: TABLE revision; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.revision IS 'What a version of an article was. `editor` is the name of the token that saved it.';


--
-- Name: COLUMN revision.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision.status IS 'DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED';


--
-- Name: revision_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: revision_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.revision_id_seq OWNED BY public.revision.id;


--
-- Name: slug_history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.slug_history (
    id bigint NOT NULL,
    slug character varying(200) NOT NULL COLLATE pg_catalog."C",
    language character varying(16) NOT NULL COLLATE pg_catalog."C",
    article_id bigint NOT NULL
);


--
-- Name: TABLE slug_history; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.slug_history IS 'A slug that an article once had, so that old links still find it.';


--
-- Name: slug_history_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.slug_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: slug_history_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.slug_history_id_seq OWNED BY public.slug_history.id;


--
-- Name: synonym_set; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.synonym_set (
    id bigint NOT NULL,
    words text NOT NULL COLLATE pg_catalog."C",
    typed character varying(100) COLLATE pg_catalog."C"
);


--
-- Name: TABLE synonym_set; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.synonym_set IS 'Words of which any stands for any other, one a line.';


--
-- Name: synonym_set_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.synonym_set_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: synonym_set_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.synonym_set_id_seq OWNED BY public.synonym_set.id;


--
-- Name: token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.token (
    id bigint NOT NULL,
    name character varying(200) NOT NULL COLLATE pg_catalog."C",
    secret_hash character varying(64) NOT NULL COLLATE pg_catalog."C",
    role character varying(16) NOT NULL COLLATE pg_catalog."C",
    scopes character varying(500) NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);


--
-- Name: TABLE token; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.token IS 'A bearer token.';


--
-- Name: COLUMN token.role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.token.role IS 'WRITER: WRITER\nEDITOR: EDITOR\nADMIN: ADMIN';


--
-- Name: token_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: token_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.token_id_seq OWNED BY public.token.id;


--
-- Name: topic; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.topic (
    id bigint NOT NULL,
    slug character varying(200) NOT NULL COLLATE pg_catalog."C",
    name character varying(200) NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    parent_id bigint
);


--
-- Name: TABLE topic; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.topic IS 'A topic in a tree. `hub.topics` keeps it free of circles and at most 16 levels deep.';


--
-- Name: topic_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.topic_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: topic_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.topic_id_seq OWNED BY public.topic.id;


--
-- Name: tortoise_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tortoise_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);


--
-- Name: tortoise_migrations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.tortoise_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: tortoise_migrations_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.tortoise_migrations_id_seq OWNED BY public.tortoise_migrations.id;


--
-- Name: webhook_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhook_event (
    id bigint NOT NULL,
    target character varying(200) NOT NULL COLLATE pg_catalog."C",
    tags text NOT NULL COLLATE pg_catalog."C",
    places text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE webhook_event; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.webhook_event IS 'What one change has to tell a target, until it is put into a message.';


--
-- Name: webhook_event_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.webhook_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: webhook_event_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.webhook_event_id_seq OWNED BY public.webhook_event.id;


--
-- Name: webhook_message; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhook_message (
    id bigint NOT NULL,
    key character varying(64) NOT NULL COLLATE pg_catalog."C",
    target character varying(200) NOT NULL COLLATE pg_catalog."C",
    articles text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL COLLATE pg_catalog."C",
    status character varying(16) NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    due double precision NOT NULL,
    tries integer NOT NULL,
    answer integer,
    error character varying(200) COLLATE pg_catalog."C",
    settled_at timestamp with time zone
);


--
-- Name: TABLE webhook_message; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.webhook_message IS 'A message to a target, as it is sent, and what became of it.';


--
-- Name: COLUMN webhook_message.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.webhook_message.status IS 'WAITING: WAITING\nDELIVERED: DELIVERED\nGIVEN_UP: GIVEN_UP';


--
-- Name: webhook_message_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.webhook_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: webhook_message_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.webhook_message_id_seq OWNED BY public.webhook_message.id;


--
-- Name: webhook_target; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhook_target (
    name character varying(200) NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: TABLE webhook_target; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.webhook_target IS 'Somebody who is to be told of changes.';


--
-- Name: address id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.address ALTER COLUMN id SET DEFAULT nextval('public.address_id_seq'::regclass);


--
-- Name: article id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article ALTER COLUMN id SET DEFAULT nextval('public.article_id_seq'::regclass);


--
-- Name: article_author id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_author ALTER COLUMN id SET DEFAULT nextval('public.article_author_id_seq'::regclass);


--
-- Name: article_topic id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_topic ALTER COLUMN id SET DEFAULT nextval('public.article_topic_id_seq'::regclass);


--
-- Name: author id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.author ALTER COLUMN id SET DEFAULT nextval('public.author_id_seq'::regclass);


--
-- Name: blocked_query id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocked_query ALTER COLUMN id SET DEFAULT nextval('public.blocked_query_id_seq'::regclass);


--
-- Name: change seq; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change ALTER COLUMN seq SET DEFAULT nextval('public.change_seq_seq'::regclass);


--
-- Name: comment id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comment ALTER COLUMN id SET DEFAULT nextval('public.comment_id_seq'::regclass);


--
-- Name: due_neighbours id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.due_neighbours ALTER COLUMN id SET DEFAULT nextval('public.due_neighbours_id_seq'::regclass);


--
-- Name: outbox_event id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox_event ALTER COLUMN id SET DEFAULT nextval('public.outbox_event_id_seq'::regclass);


--
-- Name: pin id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin ALTER COLUMN id SET DEFAULT nextval('public.pin_id_seq'::regclass);


--
-- Name: query_reader id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.query_reader ALTER COLUMN id SET DEFAULT nextval('public.query_reader_id_seq'::regclass);


--
-- Name: query_stat id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.query_stat ALTER COLUMN id SET DEFAULT nextval('public.query_stat_id_seq'::regclass);


--
-- Name: relation id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.relation ALTER COLUMN id SET DEFAULT nextval('public.relation_id_seq'::regclass);


--
-- Name: revision id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revision ALTER COLUMN id SET DEFAULT nextval('public.revision_id_seq'::regclass);


--
-- Name: slug_history id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.slug_history ALTER COLUMN id SET DEFAULT nextval('public.slug_history_id_seq'::regclass);


--
-- Name: synonym_set id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.synonym_set ALTER COLUMN id SET DEFAULT nextval('public.synonym_set_id_seq'::regclass);


--
-- Name: token id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token ALTER COLUMN id SET DEFAULT nextval('public.token_id_seq'::regclass);


--
-- Name: topic id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.topic ALTER COLUMN id SET DEFAULT nextval('public.topic_id_seq'::regclass);


--
-- Name: tortoise_migrations id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tortoise_migrations ALTER COLUMN id SET DEFAULT nextval('public.tortoise_migrations_id_seq'::regclass);


--
-- Name: webhook_event id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_event ALTER COLUMN id SET DEFAULT nextval('public.webhook_event_id_seq'::regclass);


--
-- Name: webhook_message id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_message ALTER COLUMN id SET DEFAULT nextval('public.webhook_message_id_seq'::regclass);


--
-- Data for Name: address; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.address VALUES (1, 'quay.example/2024/03/night-ferry', 1);
INSERT INTO public.address VALUES (2, 'quay.example?p=11', 1);
INSERT INTO public.address VALUES (3, 'quay.example?page_id=11', 1);
INSERT INTO public.address VALUES (4, 'quay.example/2024/02/crane', 2);
INSERT INTO public.address VALUES (5, 'quay.example?p=10', 2);
INSERT INTO public.address VALUES (6, 'quay.example?page_id=10', 2);
INSERT INTO public.address VALUES (7, 'quay.example?p=12', 3);
INSERT INTO public.address VALUES (8, 'quay.example?page_id=12', 3);
INSERT INTO public.address VALUES (9, 'quay.example/about', 4);
INSERT INTO public.address VALUES (10, 'quay.example?page_id=2', 4);
INSERT INTO public.address VALUES (11, 'quay.example?p=2', 4);
INSERT INTO public.address VALUES (12, 'weather.quay.example/1', 5);
INSERT INTO public.address VALUES (14, 'ghost/salt-in-the-bread', 6);
INSERT INTO public.address VALUES (15, 'ghost/members-only-the-rye', 7);
INSERT INTO public.address VALUES (16, 'notes/2024-05-01-gulls', 8);
INSERT INTO public.address VALUES (17, 'notes/gulls', 8);
INSERT INTO public.address VALUES (18, 'notes/old/gulls', 8);
INSERT INTO public.address VALUES (19, 'notes/2024/05/01/gulls', 8);
INSERT INTO public.address VALUES (20, 'notes/2024-05-02-moewen', 9);
INSERT INTO public.address VALUES (21, 'notes/moewen', 9);
INSERT INTO public.address VALUES (22, 'notes/2024/05/02/moewen', 9);
INSERT INTO public.address VALUES (23, 'notes/plan', 10);
INSERT INTO public.address VALUES (24, 'quay.example/2024/04/nets', 11);
INSERT INTO public.address VALUES (25, 'source/page', 11);
INSERT INTO public.address VALUES (27, 'quay.example/prices/cod', 12);


--
-- Data for Name: article; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.article VALUES (2, 'crane', 'en', NULL, 'ARTICLE', 'A second-hand crane for the quay', 'a second hand crane for the quay', '', 'PUBLISHED', '2024-02-11 10:00:00+00', '2024-02-11 10:00:00+00', '2024-02-11 10:00:00+00', 1, false, 0, NULL, NULL, NULL, 'quay.example', '10', 'e2d4fad147278b577ac08f09de6a6b5d23204be0bd68e809eef1350b9dd34700', 1, '<p>The crane came by barge.
</p><p>It is older than the harbour master.</p>', 'The crane came by barge.

It is older than the harbour master.', NULL, '');
INSERT INTO public.article VALUES (3, 'fares-a-first-draft', 'en', NULL, 'ARTICLE', 'Fares, a first draft', 'fares a first draft', '', 'DRAFT', NULL, '2026-11-29 15:53:44.256356+00', '2026-11-29 15:53:44.256356+00', 1, true, 0, NULL, NULL, NULL, 'quay.example', '12', '00b4958899aeaaf9fc06991c63bd5900b206c9b99feb735509f6ac8bd4a4dc92', 1, '<p>Nine crowns, or ten?</p>', 'Nine crowns, or ten?', NULL, '');
INSERT INTO public.article VALUES (4, 'about', 'en', NULL, 'PAGE', 'About this paper', 'about this paper', '', 'PUBLISHED', '2023-01-01 00:00:00+00', '2023-01-01 00:00:00+00', '2023-01-01 00:00:00+00', 1, true, 0, NULL, NULL, NULL, 'quay.example', '2', '5b2bb507d8f3ee42aea034f9c26a360a151a3837a41ede944e509094e2f2bbdb', 1, '<p>We write about boats.</p>', 'We write about boats.', NULL, '');
INSERT INTO public.article VALUES (1, 'night-ferry', 'en', NULL, 'ARTICLE', 'The night ferry is back', 'the night ferry is back', 'Two winters without a night boat are over.', 'PUBLISHED', '2024-03-04 07:30:00+00', '2024-03-04 07:30:00+00', '2024-03-05 09:00:00+00', 1, true, 2, NULL, NULL, NULL, 'quay.example', '11', '7e98926db2f841a5eae650cea5b5916bad78c973859c1bd95fa4ff777470f997', 1, '<p>After two winters the night ferry sails again, as <a href="https://quay.example/2024/02/crane/">the new crane</a> frees a berth.</p><p>It leaves at <strong>23:10</strong>.</p>', 'After two winters the night ferry sails again, as the new crane frees a berth.

It leaves at 23:10.', NULL, '');
INSERT INTO public.article VALUES (5, 'fog-until-noon', 'en', NULL, 'ARTICLE', 'Fog until noon', 'fog until noon', 'Bring a bell.', 'PUBLISHED', '2024-06-01 06:00:00+00', '2024-06-01 06:00:00+00', '2024-06-01 07:00:00+00', 1, true, 0, NULL, NULL, 'https://weather.quay.example/1', 'weather.quay.example', 'tag:quay.example,2024:weather-1', '4e728a03c3862b4d4b48cfd862c7e751c87e1f77a4d79465176967ce3a146bc5', 1, '<p>Fog on the water until noon.</p>', 'Fog on the water until noon.', NULL, '');
INSERT INTO public.article VALUES (6, 'salt-in-the-bread', 'en', NULL, 'ARTICLE', 'Salt in the bread', 'salt in the bread', 'A recipe with an argument.', 'PUBLISHED', '2024-01-10 08:00:00+00', '2024-01-09 08:00:00+00', '2024-01-11 08:00:00+00', 1, true, 0, 'https://quay.example/bread.jpg', 'A loaf on a bollard', NULL, 'ghost', 'a1', 'f81d9a8815273e9cafae6b2f0b1f10dfc7062acef2602e482b583e9b85c32ae9', 1, '<p>The baker on the quay salts twice.</p>', 'The baker on the quay salts twice.', NULL, '');
INSERT INTO public.article VALUES (7, 'members-only-the-rye', 'en', NULL, 'ARTICLE', 'Members only: the rye', 'members only the rye', '', 'DRAFT', '2024-01-12 08:00:00+00', '2024-01-12 08:00:00+00', '2024-01-12 08:00:00+00', 1, true, 0, NULL, NULL, NULL, 'ghost', 'a2', 'a402bdf8ed32ef3e1ce02d362c26426ae6bd4d28b8ef73a589faebaf5b0e8498', 1, '<p>For members.</p>', 'For members.', NULL, '');
INSERT INTO public.article VALUES (8, 'gulls', 'en', NULL, 'ARTICLE', 'Gulls learn the timetable', 'gulls learn the timetable', 'They are on the pier before the boat.', 'PUBLISHED', '2024-05-01 06:00:00+00', '2024-05-01 06:00:00+00', '2024-05-01 06:00:00+00', 1, true, 0, 'https://quay.example/gulls.jpg', NULL, NULL, 'notes', '2024-05-01-gulls.md', 'aafb53ac48467c25543c9f218b639082cbc0b57f09a2c746714fe62dd5c32746', 1, '<p>The gulls know when the <a href="https://quay.example/2024/03/night-ferry/">night ferry</a> comes in.</p>
<p>They do not know about Sundays.</p>', 'The gulls know when the night ferry comes in.

They do not know about Sundays.', NULL, '');
INSERT INTO public.article VALUES (9, 'moewen', 'de', NULL, 'ARTICLE', 'Möwen lernen den Fahrplan', 'möwen lernen den fahrplan', '', 'PUBLISHED', '2024-05-02 06:00:00+00', '2024-05-02 06:00:00+00', '2024-05-02 06:00:00+00', 1, true, 0, NULL, NULL, NULL, 'notes', '2024-05-02-moewen.md', 'f1d1990bda2b825999dc708e47726c45efd4441127bef8349d7c39526b27b74c', 1, '<p>Sie sitzen <strong>vor dem Boot</strong> auf dem Pier.</p>', 'Sie sitzen vor dem Boot auf dem Pier.', NULL, '');
INSERT INTO public.article VALUES (10, 'plan', 'en', NULL, 'ARTICLE', 'Plans for the slip', 'plans for the slip', '', 'DRAFT', NULL, '2026-11-29 15:53:44.425956+00', '2026-11-29 15:53:44.425956+00', 1, true, 0, NULL, NULL, NULL, 'notes', 'plan.md', '62d9cbe2594d96804d796b4650d065066fbd198e3dab0f953772630db771894f', 1, '<p>Nobody has seen the drawings.</p>', 'Nobody has seen the drawings.', NULL, '');
INSERT INTO public.article VALUES (11, 'nets-dry-on-the-wall', 'en', NULL, 'ARTICLE', 'Nets dry on the wall', 'nets dry on the wall', '', 'PUBLISHED', '2024-04-03 09:00:00+00', '2024-04-03 09:00:00+00', '2024-04-03 09:00:00+00', 1, true, 0, NULL, NULL, 'https://quay.example/2024/04/nets/', 'source', 'page.html', '174ccf5a1939882a779dae1f053d2dcfa678a2ad8506c6a81f75c4a9fb9e47bf', 1, '<div><article>
<p>The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.</p>
<p>The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.</p>
<p>They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.</p></article>
</div>', 'The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.

The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.

They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.', NULL, '');
INSERT INTO public.article VALUES (13, 'prices-of-eel', 'en', NULL, 'ARTICLE', 'Prices of eel', 'prices of eel', '', 'ARCHIVED', '2024-02-03 00:00:00+00', '2024-02-03 00:00:00+00', '2024-02-03 00:00:00+00', 1, true, 0, NULL, NULL, NULL, 'https://quay.example/records', 'r2', 'aeb249feae1326d46bdba8d44a6a0ece1aa582921843eedc8189843fe7988457', 1, '<p>Eel is not sold.</p>', 'Eel is not sold.', NULL, '');
INSERT INTO public.article VALUES (12, 'prices-of-cod', 'en', 'cod', 'ARTICLE', 'Prices of cod', 'prices of cod', 'Up by one.', 'PUBLISHED', '2024-02-01 00:00:00+00', '2024-02-01 00:00:00+00', '2024-02-01 00:00:00+00', 1, true, 1, 'https://quay.example/cod.jpg', 'A cod', 'https://quay.example/prices/cod', 'https://quay.example/records', 'r1', '0a7e0ad66c97e76c87f058e23c8d736d8e9f9947a3b8d5e6463f408ef835b892', 1, '<p>Cod costs <strong>eleven</strong> crowns.</p>', 'Cod costs eleven crowns.', '{"desk": "market"}', '');
INSERT INTO public.article VALUES (14, 'rope-by-the-yard', 'en', NULL, 'ARTICLE', 'Rope by the yard', 'rope by the yard', '', 'PUBLISHED', '2024-03-20 00:00:00+00', '2024-03-20 00:00:00+00', '2024-03-20 00:00:00+00', 1, false, 0, NULL, NULL, NULL, 'rows', 'c1', '32d7ea083250b1aaffa5e2cfcb52ae4b31d06da4b518c8fbb608520ca3c1a230', 1, '<p>Rope is sold by the yard, and by the eye.</p>', 'Rope is sold by the yard, and by the eye.', NULL, '');
INSERT INTO public.article VALUES (15, 'the-quay-post-news-from-the-water', 'en', NULL, 'ARTICLE', 'The Quay Post News from the water', 'the quay post news from the water', '', 'PUBLISHED', '2026-11-29 15:53:44.548349+00', '2026-11-29 15:53:44.548343+00', '2026-11-29 15:53:44.548343+00', 1, true, 0, NULL, NULL, NULL, 'source', 'scrape.txt', 'b342707927bf3f0031d94b8722468b75f9adf13d2c43b33ef5c07ac6b578afa1', 1, '<p>After forty years at the upper lock, Bram Teller hands over the keys.</p>
<p>He has opened the gates 61,000 times by his own count.</p>
<p>"I never counted the ducks," he said.</p>', 'After forty years at the upper lock, Bram Teller hands over the keys.

He has opened the gates 61,000 times by his own count.

"I never counted the ducks," he said.', NULL, '');
INSERT INTO public.article VALUES (17, 'opening-of-the-slip', 'en', NULL, 'ARTICLE', 'Opening of the slip', 'opening of the slip', '', 'SCHEDULED', '2126-11-05 15:53:44.704421+00', '2026-11-29 15:53:44.70492+00', '2026-11-29 15:53:44.70492+00', 1, true, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '<p>Soon.</p>', 'Soon.', NULL, '');
INSERT INTO public.article VALUES (16, 'revised-in-the-hub', 'en', NULL, 'ARTICLE', 'Written and revised in the hub', 'written and revised in the hub', '', 'PUBLISHED', '2026-11-29 15:53:44.680223+00', '2026-11-29 15:53:44.680223+00', '2026-11-29 15:53:44.701057+00', 2, true, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '<p>It <strong>stands</strong> here.</p>', 'It stands here.', NULL, '');


--
-- Data for Name: article_author; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.article_author VALUES (1, 0, 1, 1);
INSERT INTO public.article_author VALUES (2, 0, 2, 1);
INSERT INTO public.article_author VALUES (3, 0, 3, 1);
INSERT INTO public.article_author VALUES (4, 0, 4, 1);
INSERT INTO public.article_author VALUES (5, 0, 5, 2);
INSERT INTO public.article_author VALUES (6, 0, 6, 3);
INSERT INTO public.article_author VALUES (7, 0, 7, 3);
INSERT INTO public.article_author VALUES (8, 0, 8, 4);
INSERT INTO public.article_author VALUES (9, 0, 11, 4);
INSERT INTO public.article_author VALUES (10, 0, 12, 5);
INSERT INTO public.article_author VALUES (11, 0, 14, 5);
INSERT INTO public.article_author VALUES (12, 0, 16, 6);


--
-- Data for Name: article_topic; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.article_topic VALUES (1, 0, 1, 2);
INSERT INTO public.article_topic VALUES (2, 1, 1, 3);
INSERT INTO public.article_topic VALUES (3, 0, 2, 1);
INSERT INTO public.article_topic VALUES (4, 0, 5, 4);
INSERT INTO public.article_topic VALUES (5, 0, 6, 5);
INSERT INTO public.article_topic VALUES (6, 0, 8, 6);
INSERT INTO public.article_topic VALUES (7, 1, 8, 2);
INSERT INTO public.article_topic VALUES (8, 0, 9, 6);
INSERT INTO public.article_topic VALUES (9, 0, 12, 7);
INSERT INTO public.article_topic VALUES (10, 0, 14, 7);
INSERT INTO public.article_topic VALUES (11, 1, 14, 8);
INSERT INTO public.article_topic VALUES (12, 0, 16, 1);


--
-- Data for Name: author; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.author VALUES (1, 'odile', 'Odile Marrack', '');
INSERT INTO public.author VALUES (2, 'the-harbour-office', 'The harbour office', '');
INSERT INTO public.author VALUES (3, 'jon-hale', 'Jon Hale', 'Bakes at night.');
INSERT INTO public.author VALUES (4, 'odile-marrack', 'Odile Marrack', '');
INSERT INTO public.author VALUES (5, 'ines-vale', 'Ines Vale', 'Counts things.');
INSERT INTO public.author VALUES (6, 'nora-quill', 'Nora Quill', '');


--
-- Data for Name: blocked_query; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.blocked_query VALUES (1, 'jane doe');


--
-- Data for Name: change; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.change VALUES (1, 'article:1', '2026-11-29 15:53:44.303509+00');
INSERT INTO public.change VALUES (2, 'article:2', '2026-11-29 15:53:44.303509+00');
INSERT INTO public.change VALUES (3, 'article:1', '2026-11-29 15:53:44.315971+00');
INSERT INTO public.change VALUES (4, 'comments:1', '2026-11-29 15:53:44.315971+00');
INSERT INTO public.change VALUES (5, 'article:1', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (6, 'article:2', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (7, 'article:3', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (8, 'article:4', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (9, 'articles', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (10, 'author:1', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (11, 'similar', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (12, 'slug:16f497395eee', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (13, 'slug:1a08ad1f05e5', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (14, 'slug:f3d0252b621a', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (15, 'slug:ff45f68a0541', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (16, 'topic:1', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (17, 'topic:2', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (18, 'topic:3', '2026-11-29 15:53:44.323512+00');
INSERT INTO public.change VALUES (19, 'article:5', '2026-11-29 15:53:44.3674+00');
INSERT INTO public.change VALUES (20, 'articles', '2026-11-29 15:53:44.3674+00');
INSERT INTO public.change VALUES (21, 'author:2', '2026-11-29 15:53:44.3674+00');
INSERT INTO public.change VALUES (22, 'slug:7c256a13d6c3', '2026-11-29 15:53:44.3674+00');
INSERT INTO public.change VALUES (23, 'topic:4', '2026-11-29 15:53:44.3674+00');
INSERT INTO public.change VALUES (24, 'article:6', '2026-11-29 15:53:44.397368+00');
INSERT INTO public.change VALUES (25, 'article:7', '2026-11-29 15:53:44.397368+00');
INSERT INTO public.change VALUES (26, 'articles', '2026-11-29 15:53:44.397368+00');
INSERT INTO public.change VALUES (27, 'author:3', '2026-11-29 15:53:44.397368+00');
INSERT INTO public.change VALUES (28, 'slug:8e60992e2b5b', '2026-11-29 15:53:44.397368+00');
INSERT INTO public.change VALUES (29, 'topic:5', '2026-11-29 15:53:44.397368+00');
INSERT INTO public.change VALUES (30, 'article:6', '2026-11-29 15:53:44.437575+00');
INSERT INTO public.change VALUES (31, 'article:8', '2026-11-29 15:53:44.437575+00');
INSERT INTO public.change VALUES (32, 'article:10', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (33, 'article:6', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (34, 'article:8', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (35, 'article:9', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (36, 'articles', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (37, 'author:4', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (38, 'similar', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (39, 'slug:41a406f710e5', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (40, 'slug:e9adcdf2dd0e', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (41, 'topic:1', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (42, 'topic:2', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (43, 'topic:6', '2026-11-29 15:53:44.444396+00');
INSERT INTO public.change VALUES (44, 'article:11', '2026-11-29 15:53:44.471623+00');
INSERT INTO public.change VALUES (45, 'articles', '2026-11-29 15:53:44.471623+00');
INSERT INTO public.change VALUES (46, 'author:4', '2026-11-29 15:53:44.471623+00');
INSERT INTO public.change VALUES (47, 'slug:3e7fcfab558a', '2026-11-29 15:53:44.471623+00');
INSERT INTO public.change VALUES (48, 'article:6', '2026-11-29 15:53:44.512117+00');
INSERT INTO public.change VALUES (49, 'article:11', '2026-11-29 15:53:44.512117+00');
INSERT INTO public.change VALUES (50, 'article:12', '2026-11-29 15:53:44.512117+00');
INSERT INTO public.change VALUES (51, 'article:12', '2026-11-29 15:53:44.514248+00');
INSERT INTO public.change VALUES (52, 'comments:12', '2026-11-29 15:53:44.514248+00');
INSERT INTO public.change VALUES (53, 'article:11', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (54, 'article:12', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (55, 'article:13', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (56, 'article:6', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (57, 'articles', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (58, 'author:5', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (59, 'similar', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (60, 'slug:2e174ca347f8', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (61, 'slug:5da7115b73dc', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (62, 'topic:7', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (63, 'translations:4cc4cd8a5f78', '2026-11-29 15:53:44.515532+00');
INSERT INTO public.change VALUES (64, 'article:14', '2026-11-29 15:53:44.538313+00');
INSERT INTO public.change VALUES (65, 'articles', '2026-11-29 15:53:44.538313+00');
INSERT INTO public.change VALUES (66, 'author:5', '2026-11-29 15:53:44.538313+00');
INSERT INTO public.change VALUES (67, 'slug:bbda967b4b8e', '2026-11-29 15:53:44.538313+00');
INSERT INTO public.change VALUES (68, 'topic:7', '2026-11-29 15:53:44.538313+00');
INSERT INTO public.change VALUES (69, 'topic:8', '2026-11-29 15:53:44.538313+00');
INSERT INTO public.change VALUES (70, 'article:1', '2026-11-29 15:53:44.554872+00');
INSERT INTO public.change VALUES (71, 'article:15', '2026-11-29 15:53:44.554872+00');
INSERT INTO public.change VALUES (72, 'article:1', '2026-11-29 15:53:44.562807+00');
INSERT INTO public.change VALUES (73, 'article:15', '2026-11-29 15:53:44.562807+00');
INSERT INTO public.change VALUES (74, 'articles', '2026-11-29 15:53:44.562807+00');
INSERT INTO public.change VALUES (75, 'similar', '2026-11-29 15:53:44.562807+00');
INSERT INTO public.change VALUES (76, 'slug:dab7995722f8', '2026-11-29 15:53:44.562807+00');
INSERT INTO public.change VALUES (77, 'article:16', '2026-11-29 15:53:44.693184+00');
INSERT INTO public.change VALUES (78, 'articles', '2026-11-29 15:53:44.693184+00');
INSERT INTO public.change VALUES (79, 'author:6', '2026-11-29 15:53:44.693184+00');
INSERT INTO public.change VALUES (80, 'slug:bf79d108f4d9', '2026-11-29 15:53:44.693184+00');
INSERT INTO public.change VALUES (81, 'topic:1', '2026-11-29 15:53:44.693184+00');
INSERT INTO public.change VALUES (82, 'article:16', '2026-11-29 15:53:44.702635+00');
INSERT INTO public.change VALUES (83, 'articles', '2026-11-29 15:53:44.702635+00');
INSERT INTO public.change VALUES (84, 'author:6', '2026-11-29 15:53:44.702635+00');
INSERT INTO public.change VALUES (85, 'slug:bf79d108f4d9', '2026-11-29 15:53:44.702635+00');
INSERT INTO public.change VALUES (86, 'slug:faf470446c40', '2026-11-29 15:53:44.702635+00');
INSERT INTO public.change VALUES (87, 'topic:1', '2026-11-29 15:53:44.702635+00');
INSERT INTO public.change VALUES (88, 'article:17', '2026-11-29 15:53:44.706876+00');
INSERT INTO public.change VALUES (89, 'article:18', '2026-11-29 15:53:44.709928+00');
INSERT INTO public.change VALUES (90, 'article:18', '2026-11-29 15:53:44.713774+00');
INSERT INTO public.change VALUES (91, 'articles', '2026-11-29 15:53:44.713774+00');
INSERT INTO public.change VALUES (92, 'slug:f4bbf703baa3', '2026-11-29 15:53:44.713774+00');
INSERT INTO public.change VALUES (93, 'article:18', '2026-11-29 15:53:44.717346+00');
INSERT INTO public.change VALUES (94, 'articles', '2026-11-29 15:53:44.717346+00');
INSERT INTO public.change VALUES (95, 'slug:f4bbf703baa3', '2026-11-29 15:53:44.717346+00');
INSERT INTO public.change VALUES (96, 'article:18', '2026-11-29 15:53:44.722094+00');
INSERT INTO public.change VALUES (97, 'article:8', '2026-11-29 15:53:44.737362+00');
INSERT INTO public.change VALUES (98, 'article:16', '2026-11-29 15:53:44.737362+00');
INSERT INTO public.change VALUES (99, 'article:16', '2026-11-29 15:53:44.740265+00');
INSERT INTO public.change VALUES (100, 'article:16', '2026-11-29 15:53:44.747554+00');
INSERT INTO public.change VALUES (101, 'comments:16', '2026-11-29 15:53:44.747554+00');
INSERT INTO public.change VALUES (102, 'article:16', '2026-11-29 15:53:44.749929+00');
INSERT INTO public.change VALUES (103, 'comments:16', '2026-11-29 15:53:44.749929+00');
INSERT INTO public.change VALUES (104, 'article:16', '2026-11-29 15:53:44.752709+00');
INSERT INTO public.change VALUES (105, 'comments:16', '2026-11-29 15:53:44.752709+00');
INSERT INTO public.change VALUES (106, 'search', '2026-11-29 15:53:44.754794+00');
INSERT INTO public.change VALUES (107, 'search', '2026-11-29 15:53:44.756372+00');
INSERT INTO public.change VALUES (108, 'search', '2026-11-29 15:53:44.759245+00');
INSERT INTO public.change VALUES (109, 'search', '2026-11-29 15:53:44.784742+00');
INSERT INTO public.change VALUES (110, 'topics', '2026-11-29 15:53:44.786359+00');


--
-- Data for Name: comment; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.comment VALUES (1, 'COMMENT', 'Piet', 'piet@mail.example', '<p>At last. I have slept on that pier.</p>', 'APPROVED', '2024-03-04 12:00:00+00', '7', 1, NULL);
INSERT INTO public.comment VALUES (3, 'COMMENT', 'Cheap berths', 'x@spam.example', '<p>Berths, cheap!</p>', 'SPAM', '2024-03-04 14:00:00+00', '9', 1, NULL);
INSERT INTO public.comment VALUES (2, 'COMMENT', 'Odile Marrack', 'odile@quay.example', '<p>So have I.</p>', 'APPROVED', '2024-03-04 13:00:00+00', '8', 1, 1);
INSERT INTO public.comment VALUES (4, 'COMMENT', 'Mo', 'mo@mail.example', '<p>Too much.</p>', 'APPROVED', '2024-02-02 00:00:00+00', 'c1', 12, NULL);
INSERT INTO public.comment VALUES (5, 'COMMENT', 'Rita', 'rita@readers.example', '<p>Indeed.</p>', 'APPROVED', '2026-11-29 15:53:44.745723+00', NULL, 16, NULL);
INSERT INTO public.comment VALUES (6, 'COMMENT', 'Rita', 'rita@readers.example', '<p>Indeed.</p>', 'SPAM', '2026-11-29 15:53:44.749211+00', NULL, 16, NULL);


--
-- Data for Name: day_secret; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.day_secret VALUES ('2026-11-29', '58e104d675e7c743b7bf7cf0436896153828a6614e7fd6ae76084469b854299e');


--
-- Data for Name: due_neighbours; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.due_neighbours VALUES (1, 1, true);


--
-- Data for Name: lease; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.lease VALUES ('webhook', 'holder', 1795967639.7756186);


--
-- Data for Name: outbox_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.outbox_event VALUES (2, 2, '2026-11-29 15:53:44.320297+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (3, 3, '2026-11-29 15:53:44.320297+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (4, 4, '2026-11-29 15:53:44.320297+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (5, 5, '2026-11-29 15:53:44.362522+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (6, 6, '2026-11-29 15:53:44.394448+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (7, 7, '2026-11-29 15:53:44.394448+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (8, 8, '2026-11-29 15:53:44.440222+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (9, 9, '2026-11-29 15:53:44.440222+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (10, 10, '2026-11-29 15:53:44.440222+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (11, 11, '2026-11-29 15:53:44.468545+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (12, 12, '2026-11-29 15:53:44.513797+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (13, 13, '2026-11-29 15:53:44.514654+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (14, 14, '2026-11-29 15:53:44.537076+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (15, 15, '2026-11-29 15:53:44.555571+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (16, 16, '2026-11-29 15:53:44.690592+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (17, 16, '2026-11-29 15:53:44.701959+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (18, 17, '2026-11-29 15:53:44.706343+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (19, 18, '2026-11-29 15:53:44.709409+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (20, 18, '2026-11-29 15:53:44.713127+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (21, 18, '2026-11-29 15:53:44.717024+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (22, 18, '2026-11-29 15:53:44.721734+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (23, 16, '2026-11-29 15:53:44.747189+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (24, 16, '2026-11-29 15:53:44.749629+00', 0, false, NULL);
INSERT INTO public.outbox_event VALUES (25, 16, '2026-11-29 15:53:44.752367+00', 0, false, NULL);


--
-- Data for Name: pin; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.pin VALUES (1, 'ferry', 0, 16);


--
-- Data for Name: query_reader; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.query_reader VALUES (1, '2026-11-29', 'night ferry', '28257c74f37a0f42b1d2f8feb1bbb92c6dfacfcdc9d65ff5');


--
-- Data for Name: query_stat; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.query_stat VALUES (1, '2026-11-29', 'night ferry', 1, 3, 1);
INSERT INTO public.query_stat VALUES (2, '2026-11-29', 'submarine', 1, 0, 0);


--
-- Data for Name: rate_bucket; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.rate_bucket VALUES ('a', 1795967654.772208);


--
-- Data for Name: relation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.relation VALUES (1, 'INLINE', 'IMPORT', 0, 0, 'the new crane', 'https://quay.example/2024/02/crane/', 1, false, 'quay.example/2024/02/crane', NULL, NULL, 1, 2, NULL);
INSERT INTO public.relation VALUES (2, 'INLINE', 'IMPORT', 0, 0, 'Salt in the bread', NULL, 1, false, NULL, NULL, 'salt in the bread', 8, 6, NULL);
INSERT INTO public.relation VALUES (3, 'MORE_TO_READ', 'IMPORT', 0, NULL, 'Salt in the bread', NULL, 1, false, NULL, NULL, 'salt in the bread', 12, 6, NULL);
INSERT INTO public.relation VALUES (4, 'INLINE', 'IMPORT', 1, 0, 'nets', 'https://quay.example/2024/04/nets/', 1, false, 'quay.example/2024/04/nets', NULL, NULL, 12, 11, NULL);
INSERT INTO public.relation VALUES (5, 'INLINE', 'IMPORT', 0, 1, 'The night ferry is back', NULL, 1, false, NULL, NULL, 'the night ferry is back', 15, 1, NULL);
INSERT INTO public.relation VALUES (6, 'PINNED', 'EDITOR', 0, NULL, '', NULL, 1, true, NULL, NULL, NULL, 16, 8, NULL);
INSERT INTO public.relation VALUES (7, 'INLINE', 'EDITOR', 1, NULL, 'Nowhere yet', NULL, 1, false, NULL, NULL, 'nowhere yet', 16, NULL, NULL);


--
-- Data for Name: revision; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.revision VALUES (1, 1, 'night-ferry', 'The night ferry is back', 'Two winters without a night boat are over.', '<p>After two winters the night ferry sails again, as <a href="https://quay.example/2024/02/crane/">the new crane</a> frees a berth.</p><p>It leaves at <strong>23:10</strong>.</p>', 'PUBLISHED', 'system', '2024-03-05 09:00:00+00', 1, '');
INSERT INTO public.revision VALUES (2, 1, 'crane', 'A second-hand crane for the quay', '', '<p>The crane came by barge.
</p><p>It is older than the harbour master.</p>', 'PUBLISHED', 'system', '2024-02-11 10:00:00+00', 2, '');
INSERT INTO public.revision VALUES (3, 1, 'fares-a-first-draft', 'Fares, a first draft', '', '<p>Nine crowns, or ten?</p>', 'DRAFT', 'system', '2026-11-29 15:53:44.256356+00', 3, '');
INSERT INTO public.revision VALUES (4, 1, 'about', 'About this paper', '', '<p>We write about boats.</p>', 'PUBLISHED', 'system', '2023-01-01 00:00:00+00', 4, '');
INSERT INTO public.revision VALUES (5, 1, 'fog-until-noon', 'Fog until noon', 'Bring a bell.', '<p>Fog on the water until noon.</p>', 'PUBLISHED', 'system', '2024-06-01 07:00:00+00', 5, '');
INSERT INTO public.revision VALUES (6, 1, 'salt-in-the-bread', 'Salt in the bread', 'A recipe with an argument.', '<p>The baker on the quay salts twice.</p>', 'PUBLISHED', 'system', '2024-01-11 08:00:00+00', 6, '');
INSERT INTO public.revision VALUES (7, 1, 'members-only-the-rye', 'Members only: the rye', '', '<p>For members.</p>', 'DRAFT', 'system', '2024-01-12 08:00:00+00', 7, '');
INSERT INTO public.revision VALUES (8, 1, 'gulls', 'Gulls learn the timetable', 'They are on the pier before the boat.', '<p>The gulls know when the <a href="https://quay.example/2024/03/night-ferry/">night ferry</a> comes in.</p>
<p>They do not know about Sundays.</p>', 'PUBLISHED', 'system', '2024-05-01 06:00:00+00', 8, '');
INSERT INTO public.revision VALUES (9, 1, 'moewen', 'Möwen lernen den Fahrplan', '', '<p>Sie sitzen <strong>vor dem Boot</strong> auf dem Pier.</p>', 'PUBLISHED', 'system', '2024-05-02 06:00:00+00', 9, '');
INSERT INTO public.revision VALUES (10, 1, 'plan', 'Plans for the slip', '', '<p>Nobody has seen the drawings.</p>', 'DRAFT', 'system', '2026-11-29 15:53:44.425956+00', 10, '');
INSERT INTO public.revision VALUES (11, 1, 'nets-dry-on-the-wall', 'Nets dry on the wall', '', '<div><article>
<p>The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.</p>
<p>The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.</p>
<p>They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.</p></article>
</div>', 'PUBLISHED', 'system', '2024-04-03 09:00:00+00', 11, '');
INSERT INTO public.revision VALUES (12, 1, 'prices-of-cod', 'Prices of cod', 'Up by one.', '<p>Cod costs <strong>eleven</strong> crowns.</p>', 'PUBLISHED', 'system', '2024-02-01 00:00:00+00', 12, '');
INSERT INTO public.revision VALUES (13, 1, 'prices-of-eel', 'Prices of eel', '', '<p>Eel is not sold.</p>', 'ARCHIVED', 'system', '2024-02-03 00:00:00+00', 13, '');
INSERT INTO public.revision VALUES (14, 1, 'rope-by-the-yard', 'Rope by the yard', '', '<p>Rope is sold by the yard, and by the eye.</p>', 'PUBLISHED', 'system', '2024-03-20 00:00:00+00', 14, '');
INSERT INTO public.revision VALUES (15, 1, 'the-quay-post-news-from-the-water', 'The Quay Post News from the water', '', '<p>After forty years at the upper lock, Bram Teller hands over the keys.</p>
<p>He has opened the gates 61,000 times by his own count.</p>
<p>"I never counted the ducks," he said.</p>', 'PUBLISHED', 'system', '2026-11-29 15:53:44.548343+00', 15, '');
INSERT INTO public.revision VALUES (16, 1, 'written-in-the-hub', 'Written in the hub', '', '<p>It <strong>stands</strong> here.</p>', 'PUBLISHED', 'system', '2026-11-29 15:53:44.680223+00', 16, '');
INSERT INTO public.revision VALUES (17, 2, 'revised-in-the-hub', 'Written and revised in the hub', '', '<p>It <strong>stands</strong> here.</p>', 'PUBLISHED', 'system', '2026-11-29 15:53:44.701057+00', 16, '');
INSERT INTO public.revision VALUES (18, 1, 'opening-of-the-slip', 'Opening of the slip', '', '<p>Soon.</p>', 'SCHEDULED', 'system', '2026-11-29 15:53:44.70492+00', 17, '');


--
-- Data for Name: slug_history; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.slug_history VALUES (1, 'old-crane', 'en', 2);
INSERT INTO public.slug_history VALUES (2, 'cod-price', 'en', 12);
INSERT INTO public.slug_history VALUES (3, 'written-in-the-hub', 'en', 16);


--
-- Data for Name: synonym_set; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.synonym_set VALUES (1, 'ferry
boat', NULL);
INSERT INTO public.synonym_set VALUES (2, 'mist', 'fog');


--
-- Data for Name: token; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.token VALUES (1, 'Newsroom', '0d1f5fc2c3ca32b9ea802e26fee22152b01208263117c7e7f7545ea4c4b40399', 'EDITOR', '', '2026-11-29 15:53:44.760227+00', NULL, NULL, NULL);
INSERT INTO public.token VALUES (2, 'Importer', '48d0a5d1ba942f78add1d1f631e21b25e94b225aa1c8a61c0388628a5dff183f', 'WRITER', 'write', '2026-11-29 15:53:44.761476+00', NULL, NULL, NULL);


--
-- Data for Name: topic; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.topic VALUES (1, 'harbour', 'Harbour', '', NULL);
INSERT INTO public.topic VALUES (3, 'timetable', 'Timetable', '', NULL);
INSERT INTO public.topic VALUES (2, 'ferries', 'Ferries', '', 1);
INSERT INTO public.topic VALUES (4, 'weather', 'Weather', '', NULL);
INSERT INTO public.topic VALUES (5, 'bread', 'Bread', 'Loaves and rolls', NULL);
INSERT INTO public.topic VALUES (6, 'birds', 'Birds', '', NULL);
INSERT INTO public.topic VALUES (7, 'market', 'Market', 'Stalls and prices', NULL);
INSERT INTO public.topic VALUES (8, 'rope', 'Rope', '', NULL);


--
-- Data for Name: tortoise_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tortoise_migrations VALUES (1, 'hub', '0001_start', '2026-11-29 15:53:42.923114+00');
INSERT INTO public.tortoise_migrations VALUES (2, 'hub', '0002_search', '2026-11-29 15:53:43.179053+00');
INSERT INTO public.tortoise_migrations VALUES (3, 'hub', '0003_querystats', '2026-11-29 15:53:43.200963+00');
INSERT INTO public.tortoise_migrations VALUES (4, 'hub', '0004_metadata', '2026-11-29 15:53:43.229885+00');
INSERT INTO public.tortoise_migrations VALUES (5, 'hub', '0005_webhooks', '2026-11-29 15:53:43.321256+00');
INSERT INTO public.tortoise_migrations VALUES (6, 'hub', '0006_rates', '2026-11-29 15:53:43.364529+00');
INSERT INTO public.tortoise_migrations VALUES (7, 'hub', '0007_labels_in_order', '2026-11-29 15:53:43.629925+00');
INSERT INTO public.tortoise_migrations VALUES (8, 'hub', '0008_subtitle', '2026-11-29 15:53:43.715721+00');
INSERT INTO public.tortoise_migrations VALUES (9, 'hub', '0009_visibility', '2026-11-29 15:53:43.785757+00');
INSERT INTO public.tortoise_migrations VALUES (10, 'hub', '0010_suggested_searches', '2026-11-29 15:53:44.113302+00');


--
-- Data for Name: webhook_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.webhook_event VALUES (16, 'https://cdn.example', 'search', '[]', '2026-11-29 15:53:44.784742+00');
INSERT INTO public.webhook_event VALUES (17, 'https://cdn.example', 'topics', '[]', '2026-11-29 15:53:44.786359+00');


--
-- Data for Name: webhook_message; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.webhook_message VALUES (1, 'msg_813c842c5aa184036a0b06f3', 'https://cdn.example', '8 16 17 18', '{}', 'WAITING', '2026-11-29 15:53:44.779044+00', 1795967684.7818222, 1, 503, 'answered 503', NULL);


--
-- Data for Name: webhook_target; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.webhook_target VALUES ('https://cdn.example');


--
-- Name: address_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.address_id_seq', 28, true);


--
-- Name: article_author_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.article_author_id_seq', 12, true);


--
-- Name: article_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.article_id_seq', 18, true);


--
-- Name: article_topic_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.article_topic_id_seq', 12, true);


--
-- Name: author_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.author_id_seq', 6, true);


--
-- Name: blocked_query_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.blocked_query_id_seq', 1, true);


--
-- Name: change_seq_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.change_seq_seq', 110, true);


--
-- Name: comment_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.comment_id_seq', 6, true);


--
-- Name: due_neighbours_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.due_neighbours_id_seq', 1, true);


--
-- Name: outbox_event_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.outbox_event_id_seq', 25, true);


--
-- Name: pin_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pin_id_seq', 1, true);


--
-- Name: query_reader_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.query_reader_id_seq', 1, true);


--
-- Name: query_stat_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.query_stat_id_seq', 2, true);


--
-- Name: relation_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.relation_id_seq', 7, true);


--
-- Name: revision_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.revision_id_seq', 21, true);


--
-- Name: slug_history_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.slug_history_id_seq', 3, true);


--
-- Name: synonym_set_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.synonym_set_id_seq', 2, true);


--
-- Name: token_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.token_id_seq', 2, true);


--
-- Name: topic_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.topic_id_seq', 8, true);


--
-- Name: tortoise_migrations_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.tortoise_migrations_id_seq', 10, true);


--
-- Name: webhook_event_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.webhook_event_id_seq', 17, true);


--
-- Name: webhook_message_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.webhook_message_id_seq', 1, true);


--
-- Name: address address_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (id);


--
-- Name: article_author article_author_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_author
    ADD CONSTRAINT article_author_pkey PRIMARY KEY (id);


--
-- Name: article article_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article
    ADD CONSTRAINT article_pkey PRIMARY KEY (id);


--
-- Name: article_topic article_topic_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT article_topic_pkey PRIMARY KEY (id);


--
-- Name: author author_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.author
    ADD CONSTRAINT author_pkey PRIMARY KEY (id);


--
-- Name: author author_slug_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.author
    ADD CONSTRAINT author_slug_key UNIQUE (slug);


--
-- Name: blocked_query blocked_query_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocked_query
    ADD CONSTRAINT blocked_query_pkey PRIMARY KEY (id);


--
-- Name: blocked_query blocked_query_text_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocked_query
    ADD CONSTRAINT blocked_query_text_key UNIQUE (text);


--
-- Name: change change_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (seq);


--
-- Name: comment comment_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comment
    ADD CONSTRAINT comment_pkey PRIMARY KEY (id);


--
-- Name: day_secret day_secret_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.day_secret
    ADD CONSTRAINT day_secret_pkey PRIMARY KEY (day);


--
-- Name: due_neighbours due_neighbours_article_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.due_neighbours
    ADD CONSTRAINT due_neighbours_article_id_key UNIQUE (article_id);


--
-- Name: due_neighbours due_neighbours_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.due_neighbours
    ADD CONSTRAINT due_neighbours_pkey PRIMARY KEY (id);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (name);


--
-- Name: outbox_event outbox_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT outbox_event_pkey PRIMARY KEY (id);


--
-- Name: pin pin_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_pkey PRIMARY KEY (id);


--
-- Name: query_reader query_reader_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.query_reader
    ADD CONSTRAINT query_reader_pkey PRIMARY KEY (id);


--
-- Name: query_stat query_stat_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.query_stat
    ADD CONSTRAINT query_stat_pkey PRIMARY KEY (id);


--
-- Name: rate_bucket rate_bucket_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_bucket
    ADD CONSTRAINT rate_bucket_pkey PRIMARY KEY (key);


--
-- Name: relation relation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.relation
    ADD CONSTRAINT relation_pkey PRIMARY KEY (id);


--
-- Name: revision revision_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (id);


--
-- Name: slug_history slug_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.slug_history
    ADD CONSTRAINT slug_history_pkey PRIMARY KEY (id);


--
-- Name: synonym_set synonym_set_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.synonym_set
    ADD CONSTRAINT synonym_set_pkey PRIMARY KEY (id);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);


--
-- Name: token token_secret_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_secret_hash_key UNIQUE (secret_hash);


--
-- Name: topic topic_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT topic_pkey PRIMARY KEY (id);


--
-- Name: topic topic_slug_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT topic_slug_key UNIQUE (slug);


--
-- Name: tortoise_migrations tortoise_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT tortoise_migrations_pkey PRIMARY KEY (id);


--
-- Name: address uid_address_article_d45afc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.address
    ADD CONSTRAINT uid_address_article_d45afc UNIQUE (article_id, url_key);


--
-- Name: article_author uid_article_aut_article_12ddc2; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_author
    ADD CONSTRAINT uid_article_aut_article_12ddc2 UNIQUE (article_id, author_id);


--
-- Name: article uid_article_slug_960f9e; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article
    ADD CONSTRAINT uid_article_slug_960f9e UNIQUE (slug, language);


--
-- Name: article uid_article_source_fd8247; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article
    ADD CONSTRAINT uid_article_source_fd8247 UNIQUE (source, source_key);


--
-- Name: article_topic uid_article_top_article_647d07; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT uid_article_top_article_647d07 UNIQUE (article_id, topic_id);


--
-- Name: comment uid_comment_article_02c632; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comment
    ADD CONSTRAINT uid_comment_article_02c632 UNIQUE (article_id, source_key);


--
-- Name: pin uid_pin_text_953a3c; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT uid_pin_text_953a3c UNIQUE (text, article_id);


--
-- Name: query_reader uid_query_reade_day_731c66; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.query_reader
    ADD CONSTRAINT uid_query_reade_day_731c66 UNIQUE (day, text, reader);


--
-- Name: query_stat uid_query_stat_day_301dff; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.query_stat
    ADD CONSTRAINT uid_query_stat_day_301dff UNIQUE (day, text);


--
-- Name: revision uid_revision_article_5c9c13; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT uid_revision_article_5c9c13 UNIQUE (article_id, version);


--
-- Name: slug_history uid_slug_histor_slug_102963; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.slug_history
    ADD CONSTRAINT uid_slug_histor_slug_102963 UNIQUE (slug, language);


--
-- Name: tortoise_migrations uid_tortoise_mi_app_3803a5; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT uid_tortoise_mi_app_3803a5 UNIQUE (app, name);


--
-- Name: webhook_event webhook_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT webhook_event_pkey PRIMARY KEY (id);


--
-- Name: webhook_message webhook_message_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_message
    ADD CONSTRAINT webhook_message_key_key UNIQUE (key);


--
-- Name: webhook_message webhook_message_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_message
    ADD CONSTRAINT webhook_message_pkey PRIMARY KEY (id);


--
-- Name: webhook_target webhook_target_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_target
    ADD CONSTRAINT webhook_target_pkey PRIMARY KEY (name);


--
-- Name: idx_address_url_key_d7df2e; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_address_url_key_d7df2e ON public.address USING btree (url_key);


--
-- Name: idx_article_aut_article_e83fbd; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_aut_article_e83fbd ON public.article_author USING btree (article_id, "position", author_id);


--
-- Name: idx_article_aut_author__ddffe9; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_aut_author__ddffe9 ON public.article_author USING btree (author_id, article_id);


--
-- Name: idx_article_headlin_d1ef8b; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_headlin_d1ef8b ON public.article USING btree (headline_key);


--
-- Name: idx_article_status_2bc1f1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_status_2bc1f1 ON public.article USING btree (status, comment_count, id);


--
-- Name: idx_article_status_7f1379; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_status_7f1379 ON public.article USING btree (status, published_at, id);


--
-- Name: idx_article_top_article_c217d6; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_top_article_c217d6 ON public.article_topic USING btree (article_id, "position", topic_id);


--
-- Name: idx_article_top_topic_i_512fb2; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_top_topic_i_512fb2 ON public.article_topic USING btree (topic_id, article_id);


--
-- Name: idx_article_transla_47d8e1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_article_transla_47d8e1 ON public.article USING btree (translation_key);


--
-- Name: idx_author_name_9e9e67; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_author_name_9e9e67 ON public.author USING btree (name);


--
-- Name: idx_comment_article_cc6d9d; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_comment_article_cc6d9d ON public.comment USING btree (article_id, status, created_at, id);


--
-- Name: idx_comment_parent__1d6c6f; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_comment_parent__1d6c6f ON public.comment USING btree (parent_id, status, created_at, id);


--
-- Name: idx_comment_status_629ddd; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_comment_status_629ddd ON public.comment USING btree (status, created_at, id);


--
-- Name: idx_outbox_even_article_628532; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_outbox_even_article_628532 ON public.outbox_event USING btree (article_id);


--
-- Name: idx_outbox_even_parked_48884e; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_outbox_even_parked_48884e ON public.outbox_event USING btree (parked, id);


--
-- Name: idx_rate_bucket_full_at_43f199; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_rate_bucket_full_at_43f199 ON public.rate_bucket USING btree (full_at);


--
-- Name: idx_relation_source__a7b3dc; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_relation_source__a7b3dc ON public.relation USING btree (source_id, rank, id);


--
-- Name: idx_relation_target__87ac4c; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_relation_target__87ac4c ON public.relation USING btree (target_id, source_id);


--
-- Name: idx_relation_wanted__988282; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_relation_wanted__988282 ON public.relation USING btree (wanted_url);


--
-- Name: idx_relation_wanted__a153c1; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_relation_wanted__a153c1 ON public.relation USING btree (wanted_headline);


--
-- Name: idx_relation_wanted__ec74da; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_relation_wanted__ec74da ON public.relation USING btree (wanted_slug);


--
-- Name: idx_slug_histor_article_82bba9; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_slug_histor_article_82bba9 ON public.slug_history USING btree (article_id);


--
-- Name: idx_topic_name_297d67; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_topic_name_297d67 ON public.topic USING btree (name);


--
-- Name: idx_topic_parent__75b9d8; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_topic_parent__75b9d8 ON public.topic USING btree (parent_id, id);


--
-- Name: idx_webhook_eve_target_d9346d; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_webhook_eve_target_d9346d ON public.webhook_event USING btree (target);


--
-- Name: idx_webhook_mes_status_c7a256; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_webhook_mes_status_c7a256 ON public.webhook_message USING btree (status, target, id);


--
-- Name: address address_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: article_author article_author_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_author
    ADD CONSTRAINT article_author_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: article_author article_author_author_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_author
    ADD CONSTRAINT article_author_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.author(id) ON DELETE CASCADE;


--
-- Name: article_topic article_topic_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT article_topic_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: article_topic article_topic_topic_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT article_topic_topic_id_fkey FOREIGN KEY (topic_id) REFERENCES public.topic(id) ON DELETE CASCADE;


--
-- Name: comment comment_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comment
    ADD CONSTRAINT comment_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: comment comment_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comment
    ADD CONSTRAINT comment_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.comment(id) ON DELETE SET NULL;


--
-- Name: pin pin_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pin
    ADD CONSTRAINT pin_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: relation relation_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.relation
    ADD CONSTRAINT relation_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: relation relation_target_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.relation
    ADD CONSTRAINT relation_target_id_fkey FOREIGN KEY (target_id) REFERENCES public.article(id) ON DELETE SET NULL;


--
-- Name: revision revision_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: slug_history slug_history_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.slug_history
    ADD CONSTRAINT slug_history_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;


--
-- Name: topic topic_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT topic_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.topic(id) ON DELETE SET NULL;


--
-- PostgreSQL database dump complete
--


