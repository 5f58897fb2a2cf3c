BEGIN TRANSACTION;
CREATE TABLE "address" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "url_key" VARCHAR(255) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_address_article_d45afc" UNIQUE ("article_id", "url_key")
);
INSERT INTO "address" VALUES(1,'quay.example/2024/03/night-ferry',1);
INSERT INTO "address" VALUES(2,'quay.example?p=11',1);
INSERT INTO "address" VALUES(3,'quay.example?page_id=11',1);
INSERT INTO "address" VALUES(4,'quay.example/2024/02/crane',2);
INSERT INTO "address" VALUES(5,'quay.example?p=10',2);
INSERT INTO "address" VALUES(6,'quay.example?page_id=10',2);
INSERT INTO "address" VALUES(7,'quay.example?p=12',3);
INSERT INTO "address" VALUES(8,'quay.example?page_id=12',3);
INSERT INTO "address" VALUES(9,'quay.example/about',4);
INSERT INTO "address" VALUES(10,'quay.example?page_id=2',4);
INSERT INTO "address" VALUES(11,'quay.example?p=2',4);
INSERT INTO "address" VALUES(12,'weather.quay.example/1',5);
INSERT INTO "address" VALUES(14,'ghost/salt-in-the-bread',6);
INSERT INTO "address" VALUES(15,'ghost/members-only-the-rye',7);
INSERT INTO "address" VALUES(16,'notes/2024-05-01-gulls',8);
INSERT INTO "address" VALUES(17,'notes/gulls',8);
INSERT INTO "address" VALUES(18,'notes/old/gulls',8);
INSERT INTO "address" VALUES(19,'notes/2024/05/01/gulls',8);
INSERT INTO "address" VALUES(20,'notes/2024-05-02-moewen',9);
INSERT INTO "address" VALUES(21,'notes/moewen',9);
INSERT INTO "address" VALUES(22,'notes/2024/05/02/moewen',9);
INSERT INTO "address" VALUES(23,'notes/plan',10);
INSERT INTO "address" VALUES(24,'quay.example/2024/04/nets',11);
INSERT INTO "address" VALUES(25,'source/page',11);
INSERT INTO "address" VALUES(27,'quay.example/prices/cod',12);
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
    "body_text" TEXT NOT NULL, "metadata" TEXT,
    CONSTRAINT "uid_article_slug_960f9e" UNIQUE ("slug", "language"),
    CONSTRAINT "uid_article_source_fd8247" UNIQUE ("source", "source_key")
);
INSERT INTO "article" VALUES(1,'night-ferry','en',NULL,'ARTICLE','The night ferry is back','the night ferry is back','Two winters without a night boat are over.','PUBLISHED','2024-03-04 07:30:00+00:00','2024-03-04 07:30:00+00:00','2024-03-05 09:00:00+00:00',1,1,4,NULL,NULL,NULL,'quay.example','11','7e98926db2f841a5eae650cea5b5916bad78c973859c1bd95fa4ff777470f997',1,'<p>After two winters the night ferry sails again, as <a href="https://quay.example/2024/02/crane/">the new crane</a> frees a berth.</p><p>It leaves at <strong>23:10</strong>.</p>','After two winters the night ferry sails again, as the new crane frees a berth.

It leaves at 23:10.',NULL);
INSERT INTO "article" VALUES(2,'crane','en',NULL,'ARTICLE','A second-hand crane for the quay','a second hand crane for the quay','','PUBLISHED','2024-02-11 10:00:00+00:00','2024-02-11 10:00:00+00:00','2024-02-11 10:00:00+00:00',1,0,0,NULL,NULL,NULL,'quay.example','10','e2d4fad147278b577ac08f09de6a6b5d23204be0bd68e809eef1350b9dd34700',1,'<p>The crane came by barge.
</p><p>It is older than the harbour master.</p>','The crane came by barge.

It is older than the harbour master.',NULL);
INSERT INTO "article" VALUES(3,'fares-a-first-draft','en',NULL,'ARTICLE','Fares, a first draft','fares a first draft','','DRAFT',NULL,'2026-11-29 13:47:20.128031+00:00','2026-11-29 13:47:20.128031+00:00',1,1,0,NULL,NULL,NULL,'quay.example','12','00b4958899aeaaf9fc06991c63bd5900b206c9b99feb735509f6ac8bd4a4dc92',1,'<p>Nine crowns, or ten?</p>','Nine crowns, or ten?',NULL);
INSERT INTO "article" VALUES(4,'about','en',NULL,'PAGE','About this paper','about this paper','','PUBLISHED','2023-01-01 00:00:00+00:00','2023-01-01 00:00:00+00:00','2026-11-29 13:47:20.240036+00:00',3,1,0,NULL,NULL,NULL,'quay.example','2','5b2bb507d8f3ee42aea034f9c26a360a151a3837a41ede944e509094e2f2bbdb',1,'<p>We write about boats.</p>','We write about boats.',NULL);
INSERT INTO "article" VALUES(5,'fog-until-noon','en',NULL,'ARTICLE','Fog until noon','fog until noon','Bring a bell.','PUBLISHED','2024-06-01 06:00:00+00:00','2024-06-01 06:00:00+00:00','2024-06-01 07:00:00+00:00',1,1,0,NULL,NULL,'https://weather.quay.example/1','weather.quay.example','tag:quay.example,2024:weather-1','4e728a03c3862b4d4b48cfd862c7e751c87e1f77a4d79465176967ce3a146bc5',1,'<p>Fog on the water until noon.</p>','Fog on the water until noon.',NULL);
INSERT INTO "article" VALUES(6,'salt-in-the-bread','en',NULL,'ARTICLE','Salt in the bread','salt in the bread','A recipe with an argument.','PUBLISHED','2024-01-10 08:00:00+00:00','2024-01-09 08:00:00+00:00','2024-01-11 08:00:00+00:00',1,1,0,'https://quay.example/bread.jpg','A loaf on a bollard',NULL,'ghost','a1','f81d9a8815273e9cafae6b2f0b1f10dfc7062acef2602e482b583e9b85c32ae9',1,'<p>The baker on the quay salts twice.</p>','The baker on the quay salts twice.',NULL);
INSERT INTO "article" VALUES(7,'members-only-the-rye','en',NULL,'ARTICLE','Members only: the rye','members only the rye','','DRAFT','2024-01-12 08:00:00+00:00','2024-01-12 08:00:00+00:00','2024-01-12 08:00:00+00:00',1,1,0,NULL,NULL,NULL,'ghost','a2','a402bdf8ed32ef3e1ce02d362c26426ae6bd4d28b8ef73a589faebaf5b0e8498',1,'<p>For members.</p>','For members.',NULL);
INSERT INTO "article" VALUES(8,'gulls','en',NULL,'ARTICLE','Gulls learn the timetable','gulls learn the timetable','They are on the pier before the boat.','PUBLISHED','2024-05-01 06:00:00+00:00','2024-05-01 06:00:00+00:00','2024-05-01 06:00:00+00:00',1,1,0,'https://quay.example/gulls.jpg',NULL,NULL,'notes','2024-05-01-gulls.md','aafb53ac48467c25543c9f218b639082cbc0b57f09a2c746714fe62dd5c32746',1,'<p>The gulls know when the <a href="https://quay.example/2024/03/night-ferry/">night ferry</a> comes in.</p>
<p>They do not know about Sundays.</p>','The gulls know when the night ferry comes in.

They do not know about Sundays.',NULL);
INSERT INTO "article" VALUES(9,'moewen','de',NULL,'ARTICLE','Möwen lernen den Fahrplan','möwen lernen den fahrplan','','PUBLISHED','2024-05-02 06:00:00+00:00','2024-05-02 06:00:00+00:00','2024-05-02 06:00:00+00:00',1,1,0,NULL,NULL,NULL,'notes','2024-05-02-moewen.md','f1d1990bda2b825999dc708e47726c45efd4441127bef8349d7c39526b27b74c',1,'<p>Sie sitzen <strong>vor dem Boot</strong> auf dem Pier.</p>','Sie sitzen vor dem Boot auf dem Pier.',NULL);
INSERT INTO "article" VALUES(10,'plan','en',NULL,'ARTICLE','Plans for the slip','plans for the slip','','DRAFT',NULL,'2026-11-29 13:47:20.167323+00:00','2026-11-29 13:47:20.167323+00:00',1,1,0,NULL,NULL,NULL,'notes','plan.md','62d9cbe2594d96804d796b4650d065066fbd198e3dab0f953772630db771894f',1,'<p>Nobody has seen the drawings.</p>','Nobody has seen the drawings.',NULL);
INSERT INTO "article" VALUES(11,'nets-dry-on-the-wall','en',NULL,'ARTICLE','Nets dry on the wall','nets dry on the wall','','PUBLISHED','2024-04-03 09:00:00+00:00','2024-04-03 09:00:00+00:00','2024-04-03 09:00:00+00:00',1,1,0,NULL,NULL,'https://quay.example/2024/04/nets/','source','page.html','174ccf5a1939882a779dae1f053d2dcfa678a2ad8506c6a81f75c4a9fb9e47bf',1,'<div><article>
<p>The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.</p>
<p>The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.</p>
<p>They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.</p></article>
</div>','The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.

The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.

They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.',NULL);
INSERT INTO "article" VALUES(12,'prices-of-cod','en','cod','ARTICLE','Prices of cod','prices of cod','Up by one.','PUBLISHED','2024-02-01 00:00:00+00:00','2024-02-01 00:00:00+00:00','2024-02-01 00:00:00+00:00',1,1,1,'https://quay.example/cod.jpg','A cod','https://quay.example/prices/cod','https://quay.example/records','r1','0a7e0ad66c97e76c87f058e23c8d736d8e9f9947a3b8d5e6463f408ef835b892',1,'<p>Cod costs <strong>eleven</strong> crowns.</p>','Cod costs eleven crowns.','{"desk": "market"}');
INSERT INTO "article" VALUES(13,'prices-of-eel','en',NULL,'ARTICLE','Prices of eel','prices of eel','','ARCHIVED','2024-02-03 00:00:00+00:00','2024-02-03 00:00:00+00:00','2024-02-03 00:00:00+00:00',1,1,0,NULL,NULL,NULL,'https://quay.example/records','r2','aeb249feae1326d46bdba8d44a6a0ece1aa582921843eedc8189843fe7988457',1,'<p>Eel is not sold.</p>','Eel is not sold.',NULL);
INSERT INTO "article" VALUES(14,'rope-by-the-yard','en',NULL,'ARTICLE','Rope by the yard','rope by the yard','','PUBLISHED','2024-03-20 00:00:00+00:00','2024-03-20 00:00:00+00:00','2024-03-20 00:00:00+00:00',1,0,0,NULL,NULL,NULL,'rows','c1','32d7ea083250b1aaffa5e2cfcb52ae4b31d06da4b518c8fbb608520ca3c1a230',1,'<p>Rope is sold by the yard, and by the eye.</p>','Rope is sold by the yard, and by the eye.',NULL);
INSERT INTO "article" VALUES(15,'the-quay-post-news-from-the-water','en',NULL,'ARTICLE','The Quay Post News from the water','the quay post news from the water','','PUBLISHED','2026-11-29 13:47:20.194767+00:00','2026-11-29 13:47:20.194762+00:00','2026-11-29 13:47:20.194762+00:00',1,1,0,NULL,NULL,NULL,'source','scrape.txt','b342707927bf3f0031d94b8722468b75f9adf13d2c43b33ef5c07ac6b578afa1',1,'<p>After forty years at the upper lock, Bram Teller hands over the keys.</p>
<p>He has opened the gates 61,000 times by his own count.</p>
<p>"I never counted the ducks," he said.</p>','After forty years at the upper lock, Bram Teller hands over the keys.

He has opened the gates 61,000 times by his own count.

"I never counted the ducks," he said.',NULL);
INSERT INTO "article" VALUES(16,'written-in-the-hub','en',NULL,'ARTICLE','Written and revised in the hub','written and revised in the hub','','PUBLISHED','2026-11-29 13:47:20.215681+00:00','2026-11-29 13:47:20.215681+00:00','2026-11-29 13:47:20.223733+00:00',2,1,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'<p>It <strong>stands</strong> here.</p>','It stands here.',NULL);
INSERT INTO "article" VALUES(17,'opening-of-the-slip','en',NULL,'ARTICLE','Opening of the slip','opening of the slip','','SCHEDULED','2099-01-01 00:00:00+00:00','2026-11-29 13:47:20.225341+00:00','2026-11-29 13:47:20.225341+00:00',1,1,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'<p>Soon.</p>','Soon.',NULL);
CREATE TABLE "article_author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "position" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "author_id" BIGINT NOT NULL REFERENCES "author" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_article_aut_article_12ddc2" UNIQUE ("article_id", "author_id")
);
INSERT INTO "article_author" VALUES(1,0,1,1);
INSERT INTO "article_author" VALUES(2,0,2,1);
INSERT INTO "article_author" VALUES(3,0,3,1);
INSERT INTO "article_author" VALUES(4,0,4,1);
INSERT INTO "article_author" VALUES(5,0,5,2);
INSERT INTO "article_author" VALUES(6,0,6,3);
INSERT INTO "article_author" VALUES(7,0,7,3);
INSERT INTO "article_author" VALUES(8,0,8,4);
INSERT INTO "article_author" VALUES(9,0,11,4);
INSERT INTO "article_author" VALUES(10,0,12,5);
INSERT INTO "article_author" VALUES(11,0,14,5);
INSERT INTO "article_author" VALUES(12,0,16,1);
CREATE TABLE "article_topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "position" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    "topic_id" BIGINT NOT NULL REFERENCES "topic" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_article_top_article_647d07" UNIQUE ("article_id", "topic_id")
);
INSERT INTO "article_topic" VALUES(1,0,1,2);
INSERT INTO "article_topic" VALUES(2,1,1,3);
INSERT INTO "article_topic" VALUES(3,0,2,1);
INSERT INTO "article_topic" VALUES(4,0,5,4);
INSERT INTO "article_topic" VALUES(5,0,6,5);
INSERT INTO "article_topic" VALUES(6,0,8,6);
INSERT INTO "article_topic" VALUES(7,1,8,2);
INSERT INTO "article_topic" VALUES(8,0,9,6);
INSERT INTO "article_topic" VALUES(9,0,12,7);
INSERT INTO "article_topic" VALUES(10,0,14,7);
INSERT INTO "article_topic" VALUES(11,1,14,8);
INSERT INTO "article_topic" VALUES(12,0,16,1);
CREATE TABLE "author" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "bio" TEXT NOT NULL
);
INSERT INTO "author" VALUES(1,'odile','Odile Marrack','');
INSERT INTO "author" VALUES(2,'the-harbour-office','The harbour office','');
INSERT INTO "author" VALUES(3,'jon-hale','Jon Hale','Bakes at night.');
INSERT INTO "author" VALUES(4,'odile-marrack','Odile Marrack','');
INSERT INTO "author" VALUES(5,'ines-vale','Ines Vale','Counts things.');
CREATE TABLE "change" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "tag" VARCHAR(64) NOT NULL,
    "at" TIMESTAMP NOT NULL
);
INSERT INTO "change" VALUES(1,'topics','2026-11-29 13:47:20.124291+00:00');
INSERT INTO "change" VALUES(2,'labels','2026-11-29 13:47:20.124291+00:00');
INSERT INTO "change" VALUES(3,'authors','2026-11-29 13:47:20.125849+00:00');
INSERT INTO "change" VALUES(4,'slug:f3d0252b621a','2026-11-29 13:47:20.129919+00:00');
INSERT INTO "change" VALUES(5,'article:1','2026-11-29 13:47:20.132164+00:00');
INSERT INTO "change" VALUES(6,'article:2','2026-11-29 13:47:20.132164+00:00');
INSERT INTO "change" VALUES(7,'article:1','2026-11-29 13:47:20.133838+00:00');
INSERT INTO "change" VALUES(8,'comments:1','2026-11-29 13:47:20.133838+00:00');
INSERT INTO "change" VALUES(9,'article:1','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(10,'article:2','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(11,'article:3','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(12,'article:4','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(13,'articles','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(14,'author:1','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(15,'slug:16f497395eee','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(16,'slug:1a08ad1f05e5','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(17,'slug:ec18397639a8','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(18,'slug:f3d0252b621a','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(19,'slug:ff45f68a0541','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(20,'topic:1','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(21,'topic:2','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(22,'topic:3','2026-11-29 13:47:20.134679+00:00');
INSERT INTO "change" VALUES(23,'topics','2026-11-29 13:47:20.141491+00:00');
INSERT INTO "change" VALUES(24,'authors','2026-11-29 13:47:20.142345+00:00');
INSERT INTO "change" VALUES(25,'article:5','2026-11-29 13:47:20.145622+00:00');
INSERT INTO "change" VALUES(26,'articles','2026-11-29 13:47:20.145622+00:00');
INSERT INTO "change" VALUES(27,'author:2','2026-11-29 13:47:20.145622+00:00');
INSERT INTO "change" VALUES(28,'slug:7c256a13d6c3','2026-11-29 13:47:20.145622+00:00');
INSERT INTO "change" VALUES(29,'topic:4','2026-11-29 13:47:20.145622+00:00');
INSERT INTO "change" VALUES(30,'topics','2026-11-29 13:47:20.150879+00:00');
INSERT INTO "change" VALUES(31,'authors','2026-11-29 13:47:20.152232+00:00');
INSERT INTO "change" VALUES(32,'article:6','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(33,'article:7','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(34,'articles','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(35,'author:3','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(36,'slug:8e60992e2b5b','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(37,'slug:a81245f89383','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(38,'topic:5','2026-11-29 13:47:20.158381+00:00');
INSERT INTO "change" VALUES(39,'topics','2026-11-29 13:47:20.165840+00:00');
INSERT INTO "change" VALUES(40,'authors','2026-11-29 13:47:20.166335+00:00');
INSERT INTO "change" VALUES(41,'article:6','2026-11-29 13:47:20.169039+00:00');
INSERT INTO "change" VALUES(42,'article:8','2026-11-29 13:47:20.169039+00:00');
INSERT INTO "change" VALUES(43,'article:10','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(44,'article:8','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(45,'article:9','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(46,'articles','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(47,'author:4','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(48,'slug:41a406f710e5','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(49,'slug:c3334da9ee81','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(50,'slug:e9adcdf2dd0e','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(51,'topic:1','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(52,'topic:2','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(53,'topic:6','2026-11-29 13:47:20.169674+00:00');
INSERT INTO "change" VALUES(54,'article:11','2026-11-29 13:47:20.177706+00:00');
INSERT INTO "change" VALUES(55,'articles','2026-11-29 13:47:20.177706+00:00');
INSERT INTO "change" VALUES(56,'author:4','2026-11-29 13:47:20.177706+00:00');
INSERT INTO "change" VALUES(57,'slug:3e7fcfab558a','2026-11-29 13:47:20.177706+00:00');
INSERT INTO "change" VALUES(58,'topics','2026-11-29 13:47:20.180255+00:00');
INSERT INTO "change" VALUES(59,'authors','2026-11-29 13:47:20.180762+00:00');
INSERT INTO "change" VALUES(60,'slug:2e174ca347f8','2026-11-29 13:47:20.184109+00:00');
INSERT INTO "change" VALUES(61,'article:6','2026-11-29 13:47:20.185293+00:00');
INSERT INTO "change" VALUES(62,'article:11','2026-11-29 13:47:20.185293+00:00');
INSERT INTO "change" VALUES(63,'article:12','2026-11-29 13:47:20.185293+00:00');
INSERT INTO "change" VALUES(64,'article:12','2026-11-29 13:47:20.185869+00:00');
INSERT INTO "change" VALUES(65,'comments:12','2026-11-29 13:47:20.185869+00:00');
INSERT INTO "change" VALUES(66,'article:12','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(67,'article:13','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(68,'articles','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(69,'author:5','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(70,'slug:2e174ca347f8','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(71,'slug:5da7115b73dc','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(72,'slug:7806173636f0','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(73,'topic:7','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(74,'translations:4cc4cd8a5f78','2026-11-29 13:47:20.186246+00:00');
INSERT INTO "change" VALUES(75,'topics','2026-11-29 13:47:20.189383+00:00');
INSERT INTO "change" VALUES(76,'article:14','2026-11-29 13:47:20.191174+00:00');
INSERT INTO "change" VALUES(77,'articles','2026-11-29 13:47:20.191174+00:00');
INSERT INTO "change" VALUES(78,'author:5','2026-11-29 13:47:20.191174+00:00');
INSERT INTO "change" VALUES(79,'slug:bbda967b4b8e','2026-11-29 13:47:20.191174+00:00');
INSERT INTO "change" VALUES(80,'topic:7','2026-11-29 13:47:20.191174+00:00');
INSERT INTO "change" VALUES(81,'topic:8','2026-11-29 13:47:20.191174+00:00');
INSERT INTO "change" VALUES(82,'article:1','2026-11-29 13:47:20.196252+00:00');
INSERT INTO "change" VALUES(83,'article:15','2026-11-29 13:47:20.196252+00:00');
INSERT INTO "change" VALUES(84,'article:15','2026-11-29 13:47:20.196695+00:00');
INSERT INTO "change" VALUES(85,'articles','2026-11-29 13:47:20.196695+00:00');
INSERT INTO "change" VALUES(86,'slug:dab7995722f8','2026-11-29 13:47:20.196695+00:00');
INSERT INTO "change" VALUES(87,'article:16','2026-11-29 13:47:20.218941+00:00');
INSERT INTO "change" VALUES(88,'articles','2026-11-29 13:47:20.218941+00:00');
INSERT INTO "change" VALUES(89,'author:1','2026-11-29 13:47:20.218941+00:00');
INSERT INTO "change" VALUES(90,'slug:bf79d108f4d9','2026-11-29 13:47:20.218941+00:00');
INSERT INTO "change" VALUES(91,'topic:1','2026-11-29 13:47:20.218941+00:00');
INSERT INTO "change" VALUES(92,'article:16','2026-11-29 13:47:20.224451+00:00');
INSERT INTO "change" VALUES(93,'articles','2026-11-29 13:47:20.224451+00:00');
INSERT INTO "change" VALUES(94,'author:1','2026-11-29 13:47:20.224451+00:00');
INSERT INTO "change" VALUES(95,'slug:bf79d108f4d9','2026-11-29 13:47:20.224451+00:00');
INSERT INTO "change" VALUES(96,'topic:1','2026-11-29 13:47:20.224451+00:00');
INSERT INTO "change" VALUES(97,'article:17','2026-11-29 13:47:20.226302+00:00');
INSERT INTO "change" VALUES(98,'articles','2026-11-29 13:47:20.226302+00:00');
INSERT INTO "change" VALUES(99,'slug:c9d3c8222b58','2026-11-29 13:47:20.226302+00:00');
INSERT INTO "change" VALUES(100,'article:1','2026-11-29 13:47:20.231265+00:00');
INSERT INTO "change" VALUES(101,'comments:1','2026-11-29 13:47:20.231265+00:00');
INSERT INTO "change" VALUES(102,'article:1','2026-11-29 13:47:20.232543+00:00');
INSERT INTO "change" VALUES(103,'comments:1','2026-11-29 13:47:20.232543+00:00');
INSERT INTO "change" VALUES(104,'article:1','2026-11-29 13:47:20.234582+00:00');
INSERT INTO "change" VALUES(105,'article:16','2026-11-29 13:47:20.234582+00:00');
INSERT INTO "change" VALUES(106,'article:16','2026-11-29 13:47:20.236178+00:00');
INSERT INTO "change" VALUES(107,'article:4','2026-11-29 13:47:20.238538+00:00');
INSERT INTO "change" VALUES(108,'articles','2026-11-29 13:47:20.238538+00:00');
INSERT INTO "change" VALUES(109,'author:1','2026-11-29 13:47:20.238538+00:00');
INSERT INTO "change" VALUES(110,'slug:16f497395eee','2026-11-29 13:47:20.238538+00:00');
INSERT INTO "change" VALUES(111,'article:4','2026-11-29 13:47:20.240860+00:00');
INSERT INTO "change" VALUES(112,'articles','2026-11-29 13:47:20.240860+00:00');
INSERT INTO "change" VALUES(113,'author:1','2026-11-29 13:47:20.240860+00:00');
INSERT INTO "change" VALUES(114,'slug:16f497395eee','2026-11-29 13:47:20.240860+00:00');
INSERT INTO "change" VALUES(115,'article:18','2026-11-29 13:47:20.242864+00:00');
INSERT INTO "change" VALUES(116,'articles','2026-11-29 13:47:20.242864+00:00');
INSERT INTO "change" VALUES(117,'slug:f4bbf703baa3','2026-11-29 13:47:20.242864+00:00');
INSERT INTO "change" VALUES(118,'article:18','2026-11-29 13:47:20.245885+00:00');
INSERT INTO "change" VALUES(119,'articles','2026-11-29 13:47:20.245885+00:00');
INSERT INTO "change" VALUES(120,'slug:f4bbf703baa3','2026-11-29 13:47:20.245885+00:00');
INSERT INTO "change" VALUES(121,'search','2026-11-29 13:47:20.249381+00:00');
INSERT INTO "change" VALUES(122,'search','2026-11-29 13:47:20.250388+00:00');
INSERT INTO "change" VALUES(123,'search','2026-11-29 13:47:20.252071+00:00');
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
    "parent_id" BIGINT REFERENCES "comment" ("id") ON DELETE SET NULL,
    CONSTRAINT "uid_comment_article_02c632" UNIQUE ("article_id", "source_key")
);
INSERT INTO "comment" VALUES(1,'COMMENT','Piet','piet@mail.example','<p>At last. I have slept on that pier.</p>','APPROVED','2024-03-04 12:00:00+00:00','7',1,NULL);
INSERT INTO "comment" VALUES(2,'COMMENT','Odile Marrack','odile@quay.example','<p>So have I.</p>','APPROVED','2024-03-04 13:00:00+00:00','8',1,1);
INSERT INTO "comment" VALUES(3,'COMMENT','Cheap berths','x@spam.example','<p>Berths, cheap!</p>','SPAM','2024-03-04 14:00:00+00:00','9',1,NULL);
INSERT INTO "comment" VALUES(4,'COMMENT','Mo','mo@mail.example','<p>Too much.</p>','APPROVED','2024-02-02 00:00:00+00:00','c1',12,NULL);
INSERT INTO "comment" VALUES(5,'COMMENT','Wim','wim@mail.example','<p>Is there a bar?</p>','APPROVED','2026-11-29 13:47:20.228926+00:00',NULL,1,NULL);
INSERT INTO "comment" VALUES(6,'COMMENT','Ada',NULL,'<p>There is.</p>','APPROVED','2026-11-29 13:47:20.230806+00:00',NULL,1,1);
CREATE TABLE "day_secret" (
    "day" VARCHAR(10) NOT NULL  PRIMARY KEY,
    "secret" VARCHAR(64) NOT NULL
);
INSERT INTO "day_secret" VALUES('2026-11-29','8103b4324352c295c1cfcc545ff9ed9d131c58a9f6c73ccf9a0af506c1ff9ebf');
CREATE TABLE "due_neighbours" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "article_id" BIGINT NOT NULL UNIQUE,
    "spread" INT NOT NULL
);
CREATE TABLE "lease" (
    "name" VARCHAR(200) NOT NULL  PRIMARY KEY,
    "holder" VARCHAR(64) NOT NULL,
    "until" REAL NOT NULL
);
CREATE TABLE "outbox_event" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "article_id" BIGINT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "tries" INT NOT NULL,
    "parked" INT NOT NULL,
    "error" TEXT
);
INSERT INTO "outbox_event" VALUES(1,1,'2026-11-29 13:47:20.133427+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(2,2,'2026-11-29 13:47:20.134089+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(3,3,'2026-11-29 13:47:20.134089+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(4,4,'2026-11-29 13:47:20.134089+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(5,5,'2026-11-29 13:47:20.145028+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(6,6,'2026-11-29 13:47:20.157888+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(7,7,'2026-11-29 13:47:20.157888+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(8,8,'2026-11-29 13:47:20.169253+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(9,9,'2026-11-29 13:47:20.169253+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(10,10,'2026-11-29 13:47:20.169253+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(11,11,'2026-11-29 13:47:20.177433+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(12,12,'2026-11-29 13:47:20.185759+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(13,13,'2026-11-29 13:47:20.186016+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(14,14,'2026-11-29 13:47:20.190908+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(15,15,'2026-11-29 13:47:20.196458+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(16,16,'2026-11-29 13:47:20.218188+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(17,16,'2026-11-29 13:47:20.224191+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(18,17,'2026-11-29 13:47:20.226070+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(19,1,'2026-11-29 13:47:20.231117+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(20,1,'2026-11-29 13:47:20.232427+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(21,4,'2026-11-29 13:47:20.238164+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(22,4,'2026-11-29 13:47:20.240509+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(23,18,'2026-11-29 13:47:20.242529+00:00',0,0,NULL);
INSERT INTO "outbox_event" VALUES(24,18,'2026-11-29 13:47:20.245751+00:00',0,0,NULL);
CREATE TABLE "pin" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" VARCHAR(200) NOT NULL,
    "rank" INT NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_pin_text_953a3c" UNIQUE ("text", "article_id")
);
INSERT INTO "pin" VALUES(1,'ferry',0,1);
CREATE TABLE "query_stat" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" VARCHAR(10) NOT NULL,
    "text" VARCHAR(100) NOT NULL,
    "asked" INT NOT NULL,
    "hits" INT NOT NULL,
    CONSTRAINT "uid_query_stat_day_301dff" UNIQUE ("day", "text")
);
INSERT INTO "query_stat" VALUES(1,'2026-11-29','night ferry',1,3);
INSERT INTO "query_stat" VALUES(2,'2026-11-29','submarine',1,0);
CREATE TABLE "rate_bucket" (
    "key" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "full_at" REAL NOT NULL
);
INSERT INTO "rate_bucket" VALUES('a',1.79596004125625157352e+09);
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
, "because" TEXT);
INSERT INTO "relation" VALUES(1,'INLINE','IMPORT',0,0,'the new crane','https://quay.example/2024/02/crane/',1.0,0,'quay.example/2024/02/crane',NULL,NULL,1,2,NULL);
INSERT INTO "relation" VALUES(2,'INLINE','IMPORT',0,0,'Salt in the bread',NULL,1.0,0,NULL,NULL,'salt in the bread',8,6,NULL);
INSERT INTO "relation" VALUES(3,'MORE_TO_READ','IMPORT',0,NULL,'Salt in the bread',NULL,1.0,0,NULL,NULL,'salt in the bread',12,6,NULL);
INSERT INTO "relation" VALUES(4,'INLINE','IMPORT',1,0,'nets','https://quay.example/2024/04/nets/',1.0,0,'quay.example/2024/04/nets',NULL,NULL,12,11,NULL);
INSERT INTO "relation" VALUES(5,'INLINE','IMPORT',0,1,'The night ferry is back',NULL,1.0,0,NULL,NULL,'the night ferry is back',15,1,NULL);
INSERT INTO "relation" VALUES(6,'PINNED','EDITOR',0,NULL,'The night ferry is back',NULL,1.0,1,NULL,NULL,'the night ferry is back',16,1,NULL);
INSERT INTO "relation" VALUES(7,'MORE_TO_READ','EDITOR',1,NULL,'A story that nobody has written',NULL,1.0,0,NULL,NULL,'a story that nobody has written',16,NULL,NULL);
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
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_revision_article_5c9c13" UNIQUE ("article_id", "version")
);
INSERT INTO "revision" VALUES(1,1,'night-ferry','The night ferry is back','Two winters without a night boat are over.','<p>After two winters the night ferry sails again, as <a href="https://quay.example/2024/02/crane/">the new crane</a> frees a berth.</p><p>It leaves at <strong>23:10</strong>.</p>','PUBLISHED','system','2024-03-05 09:00:00+00:00',1);
INSERT INTO "revision" VALUES(2,1,'crane','A second-hand crane for the quay','','<p>The crane came by barge.
</p><p>It is older than the harbour master.</p>','PUBLISHED','system','2024-02-11 10:00:00+00:00',2);
INSERT INTO "revision" VALUES(3,1,'fares-a-first-draft','Fares, a first draft','','<p>Nine crowns, or ten?</p>','DRAFT','system','2026-11-29 13:47:20.128031+00:00',3);
INSERT INTO "revision" VALUES(4,1,'about','About this paper','','<p>We write about boats.</p>','PUBLISHED','system','2023-01-01 00:00:00+00:00',4);
INSERT INTO "revision" VALUES(5,1,'fog-until-noon','Fog until noon','Bring a bell.','<p>Fog on the water until noon.</p>','PUBLISHED','system','2024-06-01 07:00:00+00:00',5);
INSERT INTO "revision" VALUES(6,1,'salt-in-the-bread','Salt in the bread','A recipe with an argument.','<p>The baker on the quay salts twice.</p>','PUBLISHED','system','2024-01-11 08:00:00+00:00',6);
INSERT INTO "revision" VALUES(7,1,'members-only-the-rye','Members only: the rye','','<p>For members.</p>','DRAFT','system','2024-01-12 08:00:00+00:00',7);
INSERT INTO "revision" VALUES(8,1,'gulls','Gulls learn the timetable','They are on the pier before the boat.','<p>The gulls know when the <a href="https://quay.example/2024/03/night-ferry/">night ferry</a> comes in.</p>
<p>They do not know about Sundays.</p>','PUBLISHED','system','2024-05-01 06:00:00+00:00',8);
INSERT INTO "revision" VALUES(9,1,'moewen','Möwen lernen den Fahrplan','','<p>Sie sitzen <strong>vor dem Boot</strong> auf dem Pier.</p>','PUBLISHED','system','2024-05-02 06:00:00+00:00',9);
INSERT INTO "revision" VALUES(10,1,'plan','Plans for the slip','','<p>Nobody has seen the drawings.</p>','DRAFT','system','2026-11-29 13:47:20.167323+00:00',10);
INSERT INTO "revision" VALUES(11,1,'nets-dry-on-the-wall','Nets dry on the wall','','<div><article>
<p>The nets of the whole fleet hang on the north wall this week, and the town smells of it from the station to the market square.</p>
<p>The harbour office asks everybody to keep dogs on a lead, since last year two nets and a kite were lost to a single terrier.</p>
<p>They will be mended by hand, as they have been for as long as anyone can say, and be back in the water by Friday.</p></article>
</div>','PUBLISHED','system','2024-04-03 09:00:00+00:00',11);
INSERT INTO "revision" VALUES(12,1,'prices-of-cod','Prices of cod','Up by one.','<p>Cod costs <strong>eleven</strong> crowns.</p>','PUBLISHED','system','2024-02-01 00:00:00+00:00',12);
INSERT INTO "revision" VALUES(13,1,'prices-of-eel','Prices of eel','','<p>Eel is not sold.</p>','ARCHIVED','system','2024-02-03 00:00:00+00:00',13);
INSERT INTO "revision" VALUES(14,1,'rope-by-the-yard','Rope by the yard','','<p>Rope is sold by the yard, and by the eye.</p>','PUBLISHED','system','2024-03-20 00:00:00+00:00',14);
INSERT INTO "revision" VALUES(15,1,'the-quay-post-news-from-the-water','The Quay Post News from the water','','<p>After forty years at the upper lock, Bram Teller hands over the keys.</p>
<p>He has opened the gates 61,000 times by his own count.</p>
<p>"I never counted the ducks," he said.</p>','PUBLISHED','system','2026-11-29 13:47:20.194762+00:00',15);
INSERT INTO "revision" VALUES(16,1,'written-in-the-hub','Written in the hub','','<p>It <strong>stands</strong> here.</p>','PUBLISHED','system','2026-11-29 13:47:20.215681+00:00',16);
INSERT INTO "revision" VALUES(17,2,'written-in-the-hub','Written and revised in the hub','','<p>It <strong>stands</strong> here.</p>','PUBLISHED','system','2026-11-29 13:47:20.223733+00:00',16);
INSERT INTO "revision" VALUES(18,1,'opening-of-the-slip','Opening of the slip','','<p>Soon.</p>','SCHEDULED','system','2026-11-29 13:47:20.225341+00:00',17);
INSERT INTO "revision" VALUES(19,2,'about','About this paper','','<p>We write about boats.</p>','ARCHIVED','system','2026-11-29 13:47:20.237668+00:00',4);
INSERT INTO "revision" VALUES(20,3,'about','About this paper','','<p>We write about boats.</p>','PUBLISHED','system','2026-11-29 13:47:20.240036+00:00',4);
CREATE TABLE "slug_history" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "article_id" BIGINT NOT NULL REFERENCES "article" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_slug_histor_slug_102963" UNIQUE ("slug", "language")
);
INSERT INTO "slug_history" VALUES(1,'old-crane','en',2);
INSERT INTO "slug_history" VALUES(2,'cod-price','en',12);
CREATE TABLE "synonym_set" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "words" TEXT NOT NULL,
    "typed" VARCHAR(100)
);
INSERT INTO "synonym_set" VALUES(1,'ferry
boat',NULL);
INSERT INTO "synonym_set" VALUES(2,'fog
mist','fog');
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
INSERT INTO "token" VALUES(1,'Newsroom','58b57bc12dcbed8cf638337c123772d0cfabdc94713a6f773ec8917ad86387c6','EDITOR','','2026-11-29 13:47:20.247099+00:00',NULL,NULL,NULL);
INSERT INTO "token" VALUES(2,'Importer','32b04f7df06d13caf1662bf5ba75035224168c823a65d7f8903736019323cbea','WRITER','write','2026-11-29 13:47:20.248192+00:00',NULL,NULL,NULL);
CREATE TABLE "topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(200) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL,
    "parent_id" BIGINT REFERENCES "topic" ("id") ON DELETE SET NULL
);
INSERT INTO "topic" VALUES(1,'harbour','Harbour','',NULL);
INSERT INTO "topic" VALUES(2,'ferries','Ferries','',1);
INSERT INTO "topic" VALUES(3,'timetable','Timetable','',NULL);
INSERT INTO "topic" VALUES(4,'weather','Weather','',NULL);
INSERT INTO "topic" VALUES(5,'bread','Bread','Loaves and rolls',NULL);
INSERT INTO "topic" VALUES(6,'birds','Birds','',NULL);
INSERT INTO "topic" VALUES(7,'market','Market','Stalls and prices',NULL);
INSERT INTO "topic" VALUES(8,'rope','Rope','',NULL);
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
INSERT INTO "tortoise_migrations" VALUES(1,'hub','0001_start','2026-11-29 13:47:19.886147+00:00');
INSERT INTO "tortoise_migrations" VALUES(2,'hub','0002_search','2026-11-29 13:47:19.990784+00:00');
INSERT INTO "tortoise_migrations" VALUES(3,'hub','0003_querystats','2026-11-29 13:47:19.999533+00:00');
INSERT INTO "tortoise_migrations" VALUES(4,'hub','0004_metadata','2026-11-29 13:47:20.011989+00:00');
INSERT INTO "tortoise_migrations" VALUES(5,'hub','0005_webhooks','2026-11-29 13:47:20.052543+00:00');
INSERT INTO "tortoise_migrations" VALUES(6,'hub','0006_rates','2026-11-29 13:47:20.080348+00:00');
INSERT INTO "tortoise_migrations" VALUES(7,'hub','0007_labels_in_order','2026-11-29 13:47:20.108072+00:00');
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
);
INSERT INTO "webhook_target" VALUES('https://cdn.example');
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tortoise_migrations',7);
INSERT INTO "sqlite_sequence" VALUES('topic',8);
INSERT INTO "sqlite_sequence" VALUES('change',123);
INSERT INTO "sqlite_sequence" VALUES('author',5);
INSERT INTO "sqlite_sequence" VALUES('article',18);
INSERT INTO "sqlite_sequence" VALUES('article_topic',12);
INSERT INTO "sqlite_sequence" VALUES('article_author',12);
INSERT INTO "sqlite_sequence" VALUES('revision',21);
INSERT INTO "sqlite_sequence" VALUES('address',28);
INSERT INTO "sqlite_sequence" VALUES('slug_history',2);
INSERT INTO "sqlite_sequence" VALUES('relation',7);
INSERT INTO "sqlite_sequence" VALUES('comment',6);
INSERT INTO "sqlite_sequence" VALUES('outbox_event',24);
INSERT INTO "sqlite_sequence" VALUES('token',2);
INSERT INTO "sqlite_sequence" VALUES('synonym_set',2);
INSERT INTO "sqlite_sequence" VALUES('pin',1);
INSERT INTO "sqlite_sequence" VALUES('query_stat',2);
COMMIT;
